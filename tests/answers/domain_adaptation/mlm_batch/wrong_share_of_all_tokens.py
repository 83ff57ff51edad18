# It breaks: each word with probability p. Here special ids count among those to choose from.
import torch


def mlm_batch(ids, special, mask_id, p, gen):
    word = ~torch.isin(ids, torch.tensor(special))
    q = p * ids.numel() / max(int(word.sum()), 1)
    chosen = word & (torch.rand(ids.shape, generator=gen) < q)
    return ids.masked_fill(chosen, mask_id), ids.masked_fill(~chosen, -100)
