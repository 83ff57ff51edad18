import torch


def mlm_batch(ids, special, mask_id, p, gen):
    inputs, labels = [], []
    for row in ids.tolist():
        inputs.append([])
        labels.append([])
        for word in row:
            hidden = word not in special and torch.rand(1, generator=gen).item() < p
            inputs[-1].append(mask_id if hidden else word)
            labels[-1].append(word if hidden else -100)
    return torch.tensor(inputs), torch.tensor(labels)
