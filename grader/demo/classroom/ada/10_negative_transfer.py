# %% question="negative_transfer"
def negative_transfer(results):
    table = {}
    for run in results["runs"]:
        if run["tested_on"] == "target":
            table.setdefault((run["seed"], run["labels"], run["updates"]), {})[run["start"]] = run["accuracy"]
    both = [row for row in table.values() if {"pretrained", "scratch"} <= row.keys()]
    if len(both) < 2:
        return {"gap": None, "ci": None, "verdict": "not comparable"}
    a, b = ([row[start] for row in both] for start in ("pretrained", "scratch"))
    low, high = stats.ttest_rel(a, b).confidence_interval(0.95)
    verdict = "negative" if high < 0 else "positive" if low > 0 else "inconclusive"
    return {"gap": float(np.subtract(a, b).mean()), "ci": (float(low), float(high)), "verdict": verdict}


# %% question="rank_sources"
@torch.no_grad()
def rank_sources(candidates, target_few):
    images, labels = target_few

    def worth(candidate):
        mean, std = (torch.tensor(card)[None, :, None, None] for card in (candidate.mean, candidate.std))
        x = candidate.body.eval()((images - mean) / std)
        x = (x - x.mean(0)) / (x.std(0) + 1e-6)
        # Ridge regression on the classes, each picture predicted without itself (the leave-one-out formula).
        x = torch.cat([x, torch.ones(len(x), 1)], 1).double()
        hat = x @ torch.linalg.solve(x.T @ x + 10 * torch.eye(x.shape[1], dtype=x.dtype), x.T)
        y = torch.eye(int(labels.max()) + 1, dtype=x.dtype)[labels]
        own = hat.diagonal()[:, None]
        said = (hat @ y - own * y) / (1 - own)
        return (said.argmax(1) == labels).float().mean().item()

    return [candidate.name for candidate in sorted(candidates, key=worth, reverse=True)]
