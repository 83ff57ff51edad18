# It breaks: the mask stands in the place of every chosen word. Here in 80 of 100.
import torch


def mlm_batch(ids, special, mask_id, p, gen):
    word = ~torch.isin(ids, torch.tensor(special))
    chosen = word & (torch.rand(ids.shape, generator=gen) < p)
    kind = torch.rand(ids.shape, generator=gen)
    inputs = ids.masked_fill(chosen & (kind < 0.8), mask_id)
    other = ids.flatten()[torch.randperm(ids.numel(), generator=gen)].view_as(ids)
    inputs = torch.where(chosen & (kind > 0.9), other, inputs)
    return inputs, ids.masked_fill(~chosen, -100)
