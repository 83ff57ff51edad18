# What the few labels say decides: here it is how much the features vary, and no label is looked at.
import torch


def rank_sources(candidates, target_few):
    images, _ = target_few
    scores = {}
    for c in candidates:
        mean, std = (torch.tensor(v).view(1, -1, 1, 1) for v in (c.mean, c.std))
        with torch.no_grad():
            scores[c.name] = c.body.eval()((images - mean) / std).var(0).sum().item()
    return sorted(scores, key=scores.get, reverse=True)
