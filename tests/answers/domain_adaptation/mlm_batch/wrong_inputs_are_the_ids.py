# It breaks: neither shares memory with ids. Here the inputs are the ids themselves when nothing is hidden.
import torch


def mlm_batch(ids, special, mask_id, p, gen):
    word = ~torch.isin(ids, torch.tensor(special))
    chosen = word & (torch.rand(ids.shape, generator=gen) < p)
    labels = ids.masked_fill(~chosen, -100)
    ids[chosen] = mask_id
    return ids, labels
