# Parameters and buffers one by one; the prefix is what most names have before a name of the model's.
def load_backbone(model, checkpoint):
    tensors = dict(model.named_parameters()) | dict(model.named_buffers())
    own = {n: t for n, t in tensors.items() if n in model.state_dict()}
    votes = {"": 0}
    for theirs in checkpoint:
        for mine in own:
            if theirs == mine or theirs.endswith("." + mine):
                p = theirs[: len(theirs) - len(mine)]
                votes[p] = votes.get(p, 0) + 1
    prefix = max(votes, key=votes.get)
    given = {n.removeprefix(prefix): t for n, t in checkpoint.items()}
    report = LoadReport([], [], [], [])
    for n, t in own.items():
        if n not in given:
            report.missing.append(n)
        elif given[n].shape != t.shape:
            report.mismatched.append(n)
        else:
            report.loaded.append(n)
    report.unexpected.extend(n for n in given if n not in own)
    if not report.loaded:
        raise ValueError(f"nothing of {list(given)[:3]} fits {list(own)[:3]}")
    for n in report.loaded:
        own[n].data[...] = given[n]
    return report
