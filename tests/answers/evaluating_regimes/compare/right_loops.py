# Plain loops.
def compare(regimes, data, budget):
    for control in ("scratch", "random frozen"):
        if control not in regimes:
            raise ValueError(f"there is no {control}")
    chosen, table = {}, {}
    for name, regime in regimes.items():
        size = regime.batch_size
        steps = budget.examples // size
        best = -1.0
        for rate in budget.rates:
            scores = []
            for seed in budget.tuning_seeds:
                model = regime.fit(data.train(size, steps, seed), rate, seed)
                scores.append(evaluate(model, data.val())["accuracy"])
            score = sum(scores) / len(scores)
            if score > best:
                best, chosen[name] = score, rate
        table[name] = {"rate": chosen[name], "val": best, "test": []}
        table[name]["trials"] = len(budget.rates) * len(budget.tuning_seeds)
        table[name]["examples"] = steps * size
    for name, regime in regimes.items():
        size = regime.batch_size
        for seed in budget.seeds:
            model = regime.fit(data.train(size, budget.examples // size, seed), chosen[name], seed)
            table[name]["test"].append(evaluate(model, data.test())["accuracy"])
    return table
