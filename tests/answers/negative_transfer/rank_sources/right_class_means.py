# The nearest mean of a class, from which each picture is left out.
import copy

import torch


def rank_sources(candidates, target_few):
    images, labels = target_few
    n_classes = int(labels.max()) + 1
    result = {}
    for c in candidates:
        normalised = torch.stack([(images[:, i] - c.mean[i]) / c.std[i] for i in range(images.shape[1])], 1)
        with torch.no_grad():
            f = copy.deepcopy(c.body).eval()(normalised)
        f = (f - f.mean(0)) / (f.std(0) + 1e-6)
        right = 0
        for i in range(len(f)):
            others = torch.arange(len(f)) != i
            means = torch.stack([f[others & (labels == k)].mean(0) for k in range(n_classes)])
            right += int(((means - f[i]) ** 2).sum(1).argmin() == labels[i])
        result[c.name] = right
    return sorted(result, key=result.__getitem__)[::-1]
