# Series with the steps as their index.
import pandas as pd


def transfer_benefit(with_t, without_t, threshold, tail=5):
    a = pd.Series(with_t["val"], index=with_t["step"])
    b = pd.Series(without_t["val"], index=without_t["step"])
    if with_t["metric"] == "loss":
        a, b, threshold = -a, -b, -threshold
    first = [series[series >= threshold].index for series in (a, b)]
    both = len(first[0]) and len(first[1])
    return {
        "jumpstart": a.iloc[0] - b.iloc[0],
        "asymptote_gain": a.tail(tail).mean() - b.tail(tail).mean(),
        "speedup_steps": first[1][0] - first[0][0] if both else None,
    }
