import numpy as np
from sklearn.model_selection import GroupShuffleSplit


def prepare(images, labels, groups, card, seed):
    class_names, ids = np.unique(labels, return_inverse=True)
    rows = np.arange(len(images))
    groups = groups.numpy()
    rest, test = next(GroupShuffleSplit(1, test_size=0.2, random_state=seed).split(rows, groups=groups))
    a, b = next(GroupShuffleSplit(1, test_size=0.25, random_state=seed).split(rest, groups=groups[rest]))
    x = card.normalise(images)

    def part(r):
        return x[torch.as_tensor(r)], torch.as_tensor(ids[r])

    x_train, y_train = part(rest[a])
    train = Split(torch.cat([x_train, torch.flip(x_train, dims=[3])]), y_train.repeat(2))
    return Splits(train, Split(*part(rest[b])), Split(*part(test)), class_names.tolist())
