# It breaks: int64. Here the labels are floats.
import torch


def mlm_batch(ids, special, mask_id, p, gen):
    word = ~torch.isin(ids, torch.tensor(special))
    chosen = word & (torch.rand(ids.shape, generator=gen) < p)
    return ids.masked_fill(chosen, mask_id), ids.masked_fill(~chosen, -100).float()
