from torch import nn


def count_parameters(layers):
    counts = []
    for layer in layers:
        options = dict(layer)
        module = getattr(nn, options.pop("kind"))(**options)
        counts.append(sum(p.numel() for p in module.parameters()))
    return counts, sum(counts)
