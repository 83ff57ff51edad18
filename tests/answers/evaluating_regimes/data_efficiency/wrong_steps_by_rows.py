# It breaks: data.steps at every size. Here passes over the draw are the same.
import random


def data_efficiency(sizes, seeds, regimes, data):
    tested = set()
    for row in data.test:
        tested.add(data.plants[row])
    classes = sorted(set(data.labels))
    curves = {name: {n: [] for n in sizes} for name in regimes}
    for seed in seeds:
        rows = [row for row in range(len(data.labels)) if data.plants[row] not in tested]
        random.Random(seed).shuffle(rows)
        for n in sizes:
            draw = []
            for label in classes:
                draw += [row for row in rows if data.labels[row] == label][:n]
            for name in regimes:
                curves[name][n].append(regimes[name](draw, data.steps * len(draw) // (sizes[0] * len(classes)), seed))
    first, second = list(regimes)[:2]
    low = crossover = None
    for n in sizes:
        leader = paired_difference(curves[first][n], curves[second][n], 0.95)[3]
        if leader == "a":
            low = n
        if leader == "b":
            if low is not None:
                crossover = (low, n)
            break
    return {"curves": curves, "crossover": crossover}
