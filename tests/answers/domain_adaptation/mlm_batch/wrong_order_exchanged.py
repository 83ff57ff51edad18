# It breaks: inputs first, then labels. Here the other way round.
import torch


def mlm_batch(ids, special, mask_id, p, gen):
    word = ~torch.isin(ids, torch.tensor(special))
    chosen = word & (torch.rand(ids.shape, generator=gen) < p)
    return ids.masked_fill(~chosen, -100), ids.masked_fill(chosen, mask_id)
