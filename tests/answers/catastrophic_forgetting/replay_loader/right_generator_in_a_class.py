import numpy as np
import torch


class Replay:
    def __init__(self, old, new, n, m, rng):
        self.old, self.new, self.n, self.m, self.rng = old, new, n, m, rng
        self.queue = []

    def replayed(self):
        while len(self.queue) < self.n:
            self.queue += list(self.rng.permutation(len(self.old[1])))
        taken, self.queue = self.queue[: self.n], self.queue[self.n :]
        return taken

    def __iter__(self):
        order = self.rng.permutation(len(self.new[1]))
        while len(order):
            part, order = order[: self.m], order[self.m :]
            back = self.replayed()
            yield (
                torch.cat([self.new[0][part], self.old[0][back]]),
                torch.cat([self.new[1][part], self.old[1][back]]),
            )


def replay_loader(source, target, test_rows, per_class, share, batch_size, seed):
    rng = np.random.default_rng(seed)
    labels = source[1].numpy()
    fit = np.setdiff1d(np.arange(len(labels)), test_rows)
    fit = rng.permutation(fit)
    keep = np.concatenate([fit[labels[fit] == c][:per_class] for c in np.unique(labels)])
    n = int(round(share * batch_size))
    new = (target[0], target[1] + int(labels.max()) + 1)
    return Replay((source[0][keep], source[1][keep]), new, n, batch_size - n, rng)
