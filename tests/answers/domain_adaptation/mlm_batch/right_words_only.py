import numpy as np
import torch


def mlm_batch(ids, special, mask_id, p, gen):
    # numbers are drawn for words alone, by numpy, from a seed that gen gives
    rng = np.random.default_rng(torch.randint(2**62, (1,), generator=gen).item())
    rows, columns = np.nonzero(~np.isin(ids.numpy(), special))
    pick = rng.random(len(rows)) < p
    where = torch.from_numpy(rows[pick]), torch.from_numpy(columns[pick])
    inputs = ids.clone()
    inputs[where] = mask_id
    labels = torch.full_like(ids, -100)
    labels[where] = ids[where]
    return inputs, labels
