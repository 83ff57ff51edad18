# It breaks: if not a single tensor can be loaded, it raises. Here it does so only if no name is known.
import torch


def load_backbone(model, checkpoint):
    own = model.state_dict()
    first = next(iter(checkpoint))
    cuts = [0] + [i + 1 for i, letter in enumerate(first) if letter == "."]
    cut = max(cuts, key=lambda cut: sum(name[cut:] in own for name in checkpoint))
    theirs = {name[cut:]: value for name, value in checkpoint.items()}
    both = [name for name in own if name in theirs]
    fits = [name for name in both if own[name].shape == theirs[name].shape]
    if not both:
        raise ValueError("no name fits")
    with torch.no_grad():
        for name in fits:
            own[name].copy_(theirs[name])
    return LoadReport(
        fits,
        [name for name in own if name not in theirs],
        [name for name in both if name not in fits],
        [name for name in theirs if name not in own],
    )
