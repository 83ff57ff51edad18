"""Public check of `order_steps`."""

from __future__ import annotations

from typing import Any

from tlcore import plots

Context = dict[str, str]
PLAIN: Context = {"statistics": "training photos", "checkpoint": "source head", "saves": "whole model"}
CASES: list[tuple[list[str], Context, list[tuple[str, str, str]]]] = [
    (
        ["test", "train", "normalise", "fit_statistics", "build_model", "split"],
        PLAIN,
        [
            ("split", "fit_statistics", "Mean and deviation would have seen the test photos."),
            ("fit_statistics", "normalise", "Normalised with which numbers?"),
            ("normalise", "train", "Photos are normalised before training."),
            ("build_model", "train", "What would be trained?"),
            ("train", "test", "The test comes last."),
        ],
    ),
    (
        ["make_optimizer", "swap_head", "train", "freeze", "load_weights", "build_model", "test"],
        PLAIN,
        [
            ("build_model", "load_weights", "Into what would they be loaded?"),
            ("load_weights", "swap_head", "The checkpoint has the head of the source."),
            ("freeze", "swap_head", "`freeze` freezes everything that is there, a new head too."),
            ("swap_head", "make_optimizer", "The optimizer would hold the old head."),
            ("make_optimizer", "train", "Who would take the steps?"),
        ],
    ),
    (
        ["make_optimizer", "load_weights", "swap_head", "train", "build_model", "test"],
        {**PLAIN, "checkpoint": "target head"},
        [
            ("swap_head", "load_weights", "This checkpoint has the head of the target."),
            ("swap_head", "make_optimizer", "The optimizer would hold the old head."),
        ],
    ),
    (
        ["save", "merge_lora", "choose_best", "test", "train", "add_lora", "freeze", "build_model", "load_weights"],
        {**PLAIN, "saves": "adapter"},
        [
            ("load_weights", "add_lora", "The checkpoint does not know the names of wrapped layers."),
            ("freeze", "add_lora", "`freeze` freezes everything that is there, adapters too."),
            ("train", "choose_best", "There are no epochs yet to choose from."),
            ("choose_best", "save", "The file should hold the best state."),
            ("choose_best", "merge_lora", "The best state has its adapters apart."),
            ("save", "merge_lora", "After merging there is no adapter to save."),
            ("merge_lora", "test", "The test comes last."),
        ],
    ),
    (
        ["save", "merge_lora", "choose_best", "test", "make_optimizer", "train", "add_lora", "build_model"],
        PLAIN,
        [
            ("add_lora", "make_optimizer", "The optimizer would not hold the adapters."),
            ("merge_lora", "save", "The whole model is for people without code for adapters."),
            ("save", "test", "The test comes last."),
        ],
    ),
]


def check(order_steps, show):
    labels: list[str] = []
    kept: list[float] = []
    for steps, ctx, pairs in CASES:
        show.tried(f"{len(steps)} steps: {', '.join(steps)}; {', '.join(f'{k}: {v}' for k, v in ctx.items())}")
        order: Any = order_steps(list(steps), dict(ctx))
        if not show.that(order is not None, "it returns a list", "Nothing came back: is a `return` missing?"):
            return
        order = list(order)
        if not show.expect("the steps, sorted", sorted(order), sorted(steps), "The same steps, each of them once."):
            return
        for first, then, teach in pairs:
            held = show.that(order.index(first) < order.index(then), f"`{first}` before `{then}`", teach)
            labels.append(f"{first} < {then}"[:40])
            kept.append(float(held))
    title = "Pairs that are the right way round"
    show.picture(plots.bars(title, labels[:16], kept[:16], [1.0] * len(kept[:16]), ylabel="1 = yes"))
    show.untried("statistics from a card, all fourteen steps, and most of the pairs in other company")
