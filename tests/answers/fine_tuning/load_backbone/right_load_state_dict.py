def load_backbone(model, checkpoint):
    def strip(name):
        # the longest of the model's names that this one ends with
        fitting = [mine for mine in model.state_dict() if name == mine or name.endswith("." + mine)]
        return name[: len(name) - len(max(fitting, key=len))] if fitting else None

    prefixes = [p for p in map(strip, checkpoint) if p is not None]
    if not prefixes:
        raise ValueError("wrong checkpoint?")
    prefix = max(set(prefixes), key=prefixes.count)
    theirs = {name[len(prefix) :]: value for name, value in checkpoint.items()}
    own = model.state_dict()
    mismatched = [n for n in theirs if n in own and theirs[n].shape != own[n].shape]
    fits = {n: v for n, v in theirs.items() if n in own and n not in mismatched}
    if len(fits) == 0:
        raise ValueError("wrong checkpoint?")
    missing, unexpected = model.load_state_dict(fits, strict=False)
    missing = [n for n in missing if n not in mismatched]
    return LoadReport(
        loaded=list(fits), missing=missing, mismatched=mismatched, unexpected=sorted(set(theirs) - set(own))
    )
