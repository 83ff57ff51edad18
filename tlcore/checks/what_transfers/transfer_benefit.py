"""Public check of `transfer_benefit`."""

from __future__ import annotations

from typing import Any

from tlcore import plots

KEYS = ("jumpstart", "speedup_steps", "asymptote_gain")


def _curve(step: list[int], val: list[float], metric: str = "accuracy") -> dict[str, Any]:
    """A curve whose training values are perfect, whatever the validation says."""
    perfect = 1.0 if metric == "accuracy" else 0.0
    return {"step": step, "train": [perfect] * len(step), "val": val, "metric": metric}


def _three(show: Any, answer: Any) -> dict[str, Any] | None:
    """The answer, if it has the three numbers."""
    returned = show.that(answer is not None, "it returns something", "Nothing came back: is a `return` missing?")
    if not returned or not show.that(
        isinstance(answer, dict) and all(key in answer for key in KEYS),
        "a dict with `jumpstart`, `speedup_steps` and `asymptote_gain`",
    ):
        return None
    return answer


def check(transfer_benefit, show):
    ours, theirs = _curve([0, 10, 30], [0.2, 0.5, 0.6]), _curve([0, 20, 60], [0.1, 0.3, 0.5])
    show.tried("the two curves of the example by hand, threshold 0.5, tail 2")
    found = _three(show, transfer_benefit(ours, theirs, 0.5, tail=2))
    if found is None:
        return
    show.expect("jumpstart", found["jumpstart"], 0.1, "The values at step 0, before anything was learned.", atol=1e-6)
    show.expect(
        "speedup_steps",
        found["speedup_steps"],
        50,
        "Steps, not looks: step 60 without transfer, step 10 with it. A value equal to the threshold has reached it.",
    )
    show.expect(
        "asymptote_gain", found["asymptote_gain"], 0.15, "The mean of the last two values of each curve.", atol=1e-6
    )
    both: dict[str, list[float | None]] = {
        "with transfer": [0.2, 0.5, 0.55, 0.6, None],
        "without": [0.1, 0.2, 0.3, 0.35, 0.5],
    }
    both["threshold"] = [0.5] * 5
    title = "By hand: 0.1 higher at the start, 0.5 is reached 50 steps earlier"
    looks = "Looks at 0, 10, 30 with transfer and at 0, 20, 60 without; between them, straight lines."
    axes = {"xlabel": "step", "ylabel": "validation accuracy"}
    show.picture(plots.lines(title, both, x=[0, 10, 20, 30, 60], **axes, caption=looks))

    show.tried("two losses: 2.0, 1.0, 0.8 against 3.0, 1.5, 1.0, threshold 1.0, tail 1, looks as before")
    ours, theirs = (_curve(s, v, "loss") for s, v in (([0, 10, 30], [2.0, 1.0, 0.8]), ([0, 20, 60], [3.0, 1.5, 1.0])))
    found = _three(show, transfer_benefit(ours, theirs, 1.0, tail=1))
    if found is not None:
        show.expect(
            "the three numbers",
            [found[key] for key in KEYS],
            [1.0, 50, 0.2],
            "A lower loss is better: all three are positive, and a loss reaches a threshold from above.",
            atol=1e-6,
        )

    show.tried("accuracies that jump about: 0.1, 0.6, 0.3, 0.7 against 0.1, 0.2, 0.3, 0.4, threshold 0.5")
    ours, theirs = _curve([0, 5, 10, 15], [0.1, 0.6, 0.3, 0.7]), _curve([0, 5, 10, 15], [0.1, 0.2, 0.3, 0.4])
    found = _three(show, transfer_benefit(ours, theirs, 0.5))
    if found is not None:
        show.expect("speedup_steps", found["speedup_steps"], None, "One of the two is never there. Not 0: unknown.")
        show.expect(
            "asymptote_gain", found["asymptote_gain"], 0.175, "Tail 5, and four values: all of them.", atol=1e-6
        )
    show.tried("the first of these against 0.1, 0.6, 0.6, 0.7 at the steps 0, 10, 15, 20")
    found = _three(show, transfer_benefit(ours, _curve([0, 10, 15, 20], [0.1, 0.6, 0.6, 0.7]), 0.5))
    if found is not None:
        show.expect("speedup_steps", found["speedup_steps"], 5, "The first look that is there counts: step 5, and 10.")
    show.untried("curves that are slower with transfer, long curves with noise")
