def load_backbone(model, checkpoint):
    own = model.state_dict()
    best = {}, ""
    first = list(checkpoint)[0]
    cuts = [0] + [i + 1 for i, c in enumerate(first) if c == "."]
    for cut in cuts:
        renamed = {k[cut:]: v for k, v in checkpoint.items() if k[:cut] == first[:cut]}
        hits = {k: v for k, v in renamed.items() if k in own and own[k].shape == v.shape}
        if len(hits) > len(best[0]):
            best = hits, first[:cut]
    hits, prefix = best
    if not hits:
        raise ValueError
    theirs = [k.removeprefix(prefix) for k in checkpoint]
    report = LoadReport(
        loaded=list(hits),
        missing=[k for k in own if k not in theirs],
        mismatched=[k for k in own if k in theirs and k not in hits],
        unexpected=[k for k in theirs if k not in own],
    )
    model.load_state_dict({k: v.clone() for k, v in hits.items()}, strict=False, assign=True)
    return report
