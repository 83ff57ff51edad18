import random

import torch
from torch.utils.data import DataLoader, TensorDataset


class Mixed:
    """Row numbers of batches: some of the buffer, then some of the target."""

    def __init__(self, n_buffer, n_target, old, new, rng):
        self.n_buffer, self.n_target, self.old, self.new, self.rng = n_buffer, n_target, old, new, rng

    def __iter__(self):
        order = list(range(self.n_buffer, self.n_buffer + self.n_target))
        self.rng.shuffle(order)
        for at in range(0, len(order), self.new):
            yield self.rng.choices(range(self.n_buffer), k=self.old) + order[at : at + self.new]

    def __len__(self):
        return -(-self.n_target // self.new)


def replay_loader(source, target, test_rows, per_class, share, batch_size, seed):
    rng = random.Random(seed)
    x, y = source
    forbidden = set(test_rows)
    classes = sorted(set(y.tolist()))
    rows = []
    for c in classes:
        mine = [i for i, label in enumerate(y.tolist()) if label == c and i not in forbidden]
        rows += rng.sample(mine, per_class)
    data = TensorDataset(torch.cat([x[rows], target[0]]), torch.cat([y[rows], target[1] + len(classes)]))
    old = round(share * batch_size)
    sampler = Mixed(len(rows), len(target[1]), old, batch_size - old, rng)
    return DataLoader(data, batch_sampler=sampler)
