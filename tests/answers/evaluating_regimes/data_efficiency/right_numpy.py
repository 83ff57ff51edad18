# NumPy draws; arrays of rows; seeds outside of sizes.
import numpy as np


def data_efficiency(sizes, seeds, regimes, data):
    labels, plants = np.array(data.labels), np.array(data.plants)
    free = ~np.isin(plants, plants[list(data.test)])
    curves = {name: {int(n): [] for n in sizes} for name in regimes}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        order = {c: rng.permutation(np.flatnonzero(free & (labels == c))) for c in np.unique(labels)}
        for n in sizes:
            draw = np.sort(np.concatenate([rows[:n] for rows in order.values()]))
            for name, regime in regimes.items():
                curves[name][n].append(regime(draw, data.steps, seed))
    one, two, *_ = regimes
    lead = np.array([paired_difference(curves[one][n], curves[two][n], 0.95)[3] for n in sizes])
    crossover = None
    if (lead == "b").any():
        end = int(np.argmax(lead == "b"))
        starts = np.flatnonzero(lead[:end] == "a")
        if len(starts):
            crossover = [sizes[starts[-1]], sizes[end]]
    return dict(curves=curves, crossover=crossover)
