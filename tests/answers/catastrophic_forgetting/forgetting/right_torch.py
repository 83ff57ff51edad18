import torch


def forgetting(R):
    R = torch.as_tensor(R, dtype=torch.float64)
    n = len(R) - 1
    filled = torch.nan_to_num(R, nan=-1.0).tril()[:n, :n] - 2 * torch.ones(n, n).triu(1)
    per_task = filled.max(0).values - R[n, :n] if n else torch.zeros(0)
    bwt = R[n, :n] - R.diagonal()[:n]
    return {
        "avg_forgetting": per_task.mean() if n else torch.tensor(0.0),
        "bwt": bwt.mean() if n else torch.tensor(0.0),
        "per_task": per_task,
    }
