# It breaks: a prefix that the model's own names do not have. Here the longest common beginning goes.
def load_backbone(model, checkpoint):
    own = model.state_dict()
    candidates = {""}
    for name in checkpoint:
        parts = name.split(".")
        for i in range(1, len(parts)):
            candidates.add(".".join(parts[:i]) + ".")
    import os
    common = os.path.commonprefix(list(checkpoint))
    prefix = common[: common.rfind(".") + 1]
    theirs = {n.removeprefix(prefix): v for n, v in checkpoint.items()}
    loaded, missing, mismatched = [], [], []
    for name, value in own.items():
        if name not in theirs:
            missing.append(name)
        elif theirs[name].shape != value.shape:
            mismatched.append(name)
        else:
            loaded.append(name)
    unexpected = [n for n in theirs if n not in own]
    if not loaded:
        raise ValueError("nothing fits")
    with torch.no_grad():
        for name in loaded:
            own[name].copy_(theirs[name])
    return LoadReport(loaded, missing, mismatched, unexpected)
