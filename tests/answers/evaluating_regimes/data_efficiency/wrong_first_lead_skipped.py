# It breaks: high is the smallest size at which the second leads. Here only after a lead of the first.
import random


def data_efficiency(sizes, seeds, regimes, data):
    tested = {data.plants[row] for row in data.test}
    by_class = {}
    for row, label in enumerate(data.labels):
        if data.plants[row] not in tested:
            by_class.setdefault(label, []).append(row)
    curves = {name: {n: [] for n in sizes} for name in regimes}
    for seed in seeds:
        rng = random.Random(seed)
        order = [rng.sample(rows, len(rows)) for rows in by_class.values()]
        for n in sizes:
            draw = [row for rows in order for row in rows[:n]]
            for name, fit in regimes.items():
                curves[name][n].append(fit(draw, data.steps, seed))
    first, second = list(regimes)[:2]
    verdicts = {n: paired_difference(curves[first][n], curves[second][n], 0.95)[3] for n in sizes}
    crossover = None
    highs = [n for n in sizes if verdicts[n] == "b" and any(m < n and verdicts[m] == "a" for m in sizes)]
    if highs:
        lows = [n for n in sizes if n < highs[0] and verdicts[n] == "a"]
        if lows:
            crossover = (lows[-1], highs[0])
    return {"curves": curves, "crossover": crossover}
