# numpy, whose generator gets its seed from `gen` at each call.
import numpy as np
import torch


def mlm_batch(ids, special, mask_id, p, gen):
    rng = np.random.default_rng(torch.randint(2**62, (1,), generator=gen).item())
    words = ids.numpy()
    hidden = (rng.random(words.shape) < p) & ~np.isin(words, list(special))
    return torch.from_numpy(np.where(hidden, mask_id, words)), torch.from_numpy(np.where(hidden, words, -100))
