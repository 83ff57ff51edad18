# It breaks: each word is hidden independently of all others. Here a word that comes twice is hidden in both places.
import torch


def mlm_batch(ids, special, mask_id, p, gen):
    different, which = ids.unique(return_inverse=True)
    hidden = (torch.rand(len(different), generator=gen) < p)[which] & ~torch.isin(ids, torch.tensor(special))
    return ids.masked_fill(hidden, mask_id), ids.masked_fill(~hidden, -100)
