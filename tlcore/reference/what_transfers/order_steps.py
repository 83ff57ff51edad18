"""A workflow of transfer learning as a partial order: which step needs which, and any order that respects it."""

from __future__ import annotations


def order_steps(steps: list[str], ctx: dict[str, str]) -> list[str]:
    """The same steps in an order that works.

    Args:
        steps: some of the steps of the table in the notebook, in any order.
        ctx: `statistics` ("training photos" or "card"), `checkpoint` ("source head" or "target head"), `saves`
            ("adapter" or "whole model").

    Returns:
        All of `steps`, each after those that it needs.

    Source: Kahn 1962, "Topological sorting of large networks".
    """
    # 1. list the pairs (first, then), some of which depend on `ctx`
    # 2. until nothing is left, take a step that waits for none of the others
    ### BEGIN SOLUTION
    body = ["load_weights", "freeze", "swap_head", "add_lora", "make_optimizer"]
    before_training = ["split", "fit_statistics", "normalise", "build_model", *body]
    after_training = ["choose_best", "merge_lora", "save"]
    pairs = [("build_model", step) for step in body]
    pairs += [(step, "train") for step in before_training]
    pairs += [("train", step) for step in after_training]
    pairs += [(step, "test") for step in [*before_training, "train", *after_training]]
    pairs += [
        ("fit_statistics", "normalise"),
        ("load_weights", "add_lora"),
        ("freeze", "swap_head"),
        ("freeze", "add_lora"),
        ("swap_head", "make_optimizer"),
        ("add_lora", "make_optimizer"),
        ("choose_best", "merge_lora"),
        ("choose_best", "save"),
    ]
    if ctx["statistics"] == "training photos":
        pairs.append(("split", "fit_statistics"))
    loads_first = ctx["checkpoint"] == "source head"
    pairs.append(("load_weights", "swap_head") if loads_first else ("swap_head", "load_weights"))
    pairs.append(("save", "merge_lora") if ctx["saves"] == "adapter" else ("merge_lora", "save"))

    left, order = list(steps), []
    while left:
        ready = next(step for step in left if not any((other, step) in pairs for other in left))
        left.remove(ready)
        order.append(ready)
    return order
    ### END SOLUTION
