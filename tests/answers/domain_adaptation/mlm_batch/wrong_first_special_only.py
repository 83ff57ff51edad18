# It breaks: no special id is hidden. Here the first of the list is spared, the others are not.
import torch


def mlm_batch(ids, special, mask_id, p, gen):
    word = ~torch.isin(ids, torch.tensor(special))
    word = ids != special[0]
    chosen = word & (torch.rand(ids.shape, generator=gen) < p)
    return ids.masked_fill(chosen, mask_id), ids.masked_fill(~chosen, -100)
