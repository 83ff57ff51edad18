# It breaks: the names may begin with a prefix. Here it is taken out wherever it stands.
def load_backbone(model, checkpoint):
    own = model.state_dict()
    candidates = {""}
    for name in checkpoint:
        parts = name.split(".")
        for i in range(1, len(parts)):
            candidates.add(".".join(parts[:i]) + ".")
    prefix = max(candidates, key=lambda c: (sum(n.removeprefix(c) in own for n in checkpoint), -len(c)))
    theirs = {(n.replace(prefix, "") if prefix else n): v for n, v in checkpoint.items()}
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
