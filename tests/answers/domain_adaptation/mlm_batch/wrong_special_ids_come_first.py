# It breaks: ids in `special` are no words. Here every id below the largest of them is taken for one, too.
import torch


def mlm_batch(ids, special, mask_id, p, gen):
    hidden = (torch.rand(ids.shape, generator=gen) < p) & (ids > max(special))
    return ids.masked_fill(hidden, mask_id), ids.masked_fill(~hidden, -100)
