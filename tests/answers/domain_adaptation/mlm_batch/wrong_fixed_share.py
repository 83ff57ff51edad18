# It breaks: each word by itself. Here a fixed number of each headline is hidden.
import torch


def mlm_batch(ids, special, mask_id, p, gen):
    word = ~torch.isin(ids, torch.tensor(special))
    draw = torch.rand(ids.shape, generator=gen).masked_fill(~word, 2.0)
    rank = draw.argsort(1).argsort(1)
    chosen = word & (rank < (word.sum(1, keepdim=True) * p).round())
    return ids.masked_fill(chosen, mask_id), ids.masked_fill(~chosen, -100)
