import torch


def mlm_batch(ids, special, mask_id, p, gen):
    prob = torch.full(ids.shape, float(p))
    for s in special:
        prob[ids == s] = 0.0
    hide = torch.bernoulli(prob, generator=gen).bool()
    inputs, labels = ids.clone(), ids.clone()
    inputs[hide] = mask_id
    labels[~hide] = -100
    return inputs, labels
