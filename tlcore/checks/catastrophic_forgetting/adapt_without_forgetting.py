"""Public check of `adapt_without_forgetting`."""

import copy

import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_post_hook

from tlcore import plots
from tlcore.pretraining.digit_tasks import digit_tasks

MARKS = (0.80, 0.70)
BUDGET = 40


def _right(model, x, y):
    """The share of rows that are right, asked class by class, as the model was returned; None for other logits."""
    hits = 0
    with torch.no_grad():
        for part in y.argsort(stable=True).split(50):
            logits = model(x[part])
            if not isinstance(logits, torch.Tensor) or logits.ndim != 2:
                return None
            hits += int((logits.argmax(1) == y[part]).sum())
    return hits / len(y)


def check(adapt_without_forgetting, show):
    shares, updates = [], []
    for seed, sizes in ((1, (6, 4)), (2, (5, 3))):
        task = digit_tasks(seed, *sizes)
        base = copy.deepcopy(task.base)
        show.tried(f"{sizes[0]} old digits, {sizes[1]} new ones, {BUDGET} updates")
        before = [tensor.clone() for tensor in base.state_dict().values()]
        steps = []
        counting = register_optimizer_step_post_hook(lambda *_, steps=steps: steps.append(1))
        try:
            model = adapt_without_forgetting(base, task.target, task.buffer, BUDGET)
        finally:
            counting.remove()
        if not show.that(
            isinstance(model, nn.Module), "a module is returned", "Is there a `return` at the end of your function?"
        ):
            return
        columns = sum(sizes)
        with torch.no_grad():
            logits = model(task.old_test[0][:2])
        shape = list(getattr(logits, "shape", []))
        if not show.expect("logits for two pictures", shape, [2, columns], "One column for each old and new class."):
            return
        updates.append(len(steps))
        new_x, new_y = task.new_test
        shares.append((_right(model, *task.old_test), _right(model, new_x, new_y + task.n_old)))
        after = list(base.state_dict().values())
        same = len(before) == len(after) and all(
            a.shape == b.shape and torch.equal(a, b) for a, b in zip(before, after, strict=True)
        )
        show.that(same, "the base is as it was", "Train a copy. Running statistics belong to the base, too.")
    old, new = (sum(column) / len(column) for column in zip(*shares, strict=True))
    show.that(
        max(updates) <= BUDGET,
        f"there are {BUDGET} updates at most",
        f"Yours were {max(updates)} steps of an optimizer.",
    )
    show.that(
        old >= MARKS[0],
        f"{MARKS[0]:.0%} of the old digits are right",
        f"Yours is right on {old:.0%}. The base knew nearly all of them: what has your training seen of them?",
    )
    show.that(
        new >= MARKS[1],
        f"{MARKS[1]:.0%} of the new digits are right",
        f"Yours is right on {new:.0%}. Is enough of the model trained, fast enough? Which columns are theirs?",
    )
    show.picture(
        plots.bars(
            "Right answers, and the marks",
            ("old digits", "their mark", "new digits", "their mark"),
            [old, MARKS[0], new, MARKS[1]],
            ylabel="share",
        )
    )
    show.untried("other digits, and a base without batch norm")
