import torch


def mlm_batch(ids, special, mask_id, p, gen):
    draw = torch.rand(ids.size(0), ids.size(1), generator=gen)
    keep = (ids[..., None] == torch.as_tensor(list(special))).any(-1)
    draw[keep] = 2.0
    inputs = torch.where(draw < p, torch.tensor(mask_id), ids)
    labels = torch.where(draw < p, ids, -100)
    return [inputs, labels]
