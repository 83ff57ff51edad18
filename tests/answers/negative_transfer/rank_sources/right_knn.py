# The nearest other pictures vote, with cosine distances, in torch alone.
import torch
import torch.nn.functional as F


@torch.no_grad()
def rank_sources(candidates, target_few):
    x, y = target_few

    def hits(candidate):
        mean = torch.tensor(candidate.mean)[None, :, None, None]
        std = torch.tensor(candidate.std)[None, :, None, None]
        candidate.body.eval()
        features = candidate.body((x - mean) / std)
        features = F.normalize((features - features.mean(0)) / (features.std(0) + 1e-6), dim=1)
        near = (features @ features.T).fill_diagonal_(-2).topk(7).indices
        return (y[near].mode(1).values == y).float().mean().item()

    return [c.name for c in sorted(candidates, key=hits)][::-1]
