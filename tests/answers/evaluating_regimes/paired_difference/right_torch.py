# Tensors all along, a named tuple at the end, the quantile by bisection.
import math
from typing import NamedTuple

import torch
from scipy.special import stdtr


class Difference(NamedTuple):
    mean: float
    low: float
    high: float
    verdict: str


def t_quantile(p, df):
    lo, hi = 0.0, 1e4
    for _ in range(80):
        mid = (lo + hi) / 2
        lo, hi = (mid, hi) if stdtr(df, mid) < p else (lo, mid)
    return lo


def paired_difference(a, b, conf=0.95):
    a, b = (torch.as_tensor(v, dtype=torch.float64) for v in (a, b))
    if a.shape != b.shape or a.numel() < 2:
        raise ValueError(f"{a.numel()} and {b.numel()} scores")
    d = a - b
    h = t_quantile((1 + conf) / 2, d.numel() - 1) * d.std() / math.sqrt(d.numel())
    lo, hi = d.mean() - h, d.mean() + h
    word = {(True, False): "a", (False, True): "b", (False, False): "inconclusive"}[bool(lo > 0), bool(hi < 0)]
    return Difference(d.mean().item(), lo.item(), hi.item(), word)
