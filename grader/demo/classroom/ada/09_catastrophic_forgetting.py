# %% question="forgetting"
def forgetting(R):
    T = len(R)
    lost, change = [], []
    for task in range(T - 1):
        best = None
        for time in range(task, T - 1):
            value = float(R[time][task])
            if value == value and (best is None or value > best):
                best = value
        lost.append(best - float(R[T - 1][task]))
        change.append(float(R[T - 1][task]) - float(R[task][task]))
    n = max(T - 1, 1)
    return {"per_task": lost, "avg_forgetting": sum(lost) / n, "bwt": sum(change) / n}


# %% question="replay_loader"
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


# %% question="anchor_penalty"
def _flat(model, names):
    return torch.cat([model.get_parameter(name).reshape(-1) for name in names])


def take_anchor(model, head):
    names = [name for name, _ in model.named_parameters() if name.split(".")[: head.count(".") + 1] != head.split(".")]
    with torch.no_grad():
        return names, _flat(model, names).clone()


def fisher(model, anchor, x, y):
    names, start = anchor
    twin = copy.deepcopy(model)
    twin.eval()
    total = torch.zeros_like(start)
    for row, label in zip(x, y):
        twin.zero_grad()
        F.cross_entropy(twin(row.unsqueeze(0)), label.unsqueeze(0)).backward()
        total += torch.cat([twin.get_parameter(name).grad.reshape(-1) for name in names]) ** 2
    return total / len(y)


def anchor_penalty(model, anchor, weight=None):
    names, start = anchor
    squared = (_flat(model, names) - start).square()
    return squared.sum() if weight is None else squared @ weight


# %% question="adapt_without_forgetting"
def adapt_without_forgetting(base, target, buffer, budget):
    body = copy.deepcopy(base).eval()
    n = base.fc.out_features
    x = torch.cat([buffer[0], target[0]])
    y = torch.cat([buffer[1], target[1] + n])
    body.fc = linear_probe(predict(body.backbone, x), y, int(y.max()) + 1)
    return body
