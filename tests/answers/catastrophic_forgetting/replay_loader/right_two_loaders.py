import torch
from torch.utils.data import DataLoader, RandomSampler, TensorDataset


class Zipped:
    def __init__(self, replay, fresh):
        self.replay, self.fresh = replay, fresh

    def __len__(self):
        return len(self.fresh)

    def __iter__(self):
        for (a, b), (c, d) in zip(self.replay, self.fresh):
            yield torch.cat((a, c)), torch.cat((b, d))


def replay_loader(source, target, test_rows, per_class, share, batch_size, seed):
    g = torch.Generator().manual_seed(seed)
    ok = torch.ones(len(source[1])).bool()
    for row in test_rows:
        ok[row] = False
    order = torch.randperm(len(ok), generator=g)
    order = order[ok[order]]
    picked = torch.cat([order[source[1][order] == c][:per_class] for c in source[1].unique()])
    n = round(share * batch_size)
    fresh = TensorDataset(target[0], target[1] + source[1].max() + 1)
    fresh = DataLoader(fresh, batch_size - n, shuffle=True, generator=g)
    replay = TensorDataset(source[0][picked], source[1][picked])
    sampler = RandomSampler(replay, replacement=True, num_samples=n * len(fresh), generator=g)
    return Zipped(DataLoader(replay, n, sampler=sampler), fresh)
