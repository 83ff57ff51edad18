# It breaks: each word is hidden with probability p. Here one word of each text is hidden in any case.
import torch


def mlm_batch(ids, special, mask_id, p, gen):
    word = ~torch.isin(ids, torch.tensor(special))
    drawn = torch.rand(ids.shape, generator=gen).masked_fill(~word, 2.0)
    hidden = ((drawn < p) | (drawn == drawn.min(1, keepdim=True).values)) & word
    return ids.masked_fill(hidden, mask_id), ids.masked_fill(~hidden, -100)
