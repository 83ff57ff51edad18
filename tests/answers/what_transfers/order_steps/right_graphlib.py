# The standard library sorts.
from graphlib import TopologicalSorter


def order_steps(steps, ctx):
    after = {step: set() for step in steps}

    def needs(step, *others):
        if step in after:
            after[step] |= set(others) & set(after)

    prep = ["split", "fit_statistics", "normalise", "build_model", "load_weights", "freeze", "swap_head", "add_lora"]
    needs("train", *prep, "make_optimizer")
    for step in ("load_weights", "freeze", "swap_head", "add_lora", "make_optimizer"):
        needs(step, "build_model")
    if ctx["statistics"] == "training photos":
        needs("fit_statistics", "split")
    needs("normalise", "fit_statistics")
    if ctx["checkpoint"] == "source head":
        needs("swap_head", "load_weights")
    else:
        needs("load_weights", "swap_head")
    needs("swap_head", "freeze")
    needs("add_lora", "freeze", "load_weights")
    needs("make_optimizer", "swap_head", "add_lora")
    needs("choose_best", "train")
    needs("merge_lora", "choose_best", "train")
    needs("save", "choose_best", "train")
    needs(*(("merge_lora", "save") if ctx["saves"] == "adapter" else ("save", "merge_lora")))
    needs("test", *(step for step in steps if step != "test"))
    return list(TopologicalSorter(after).static_order())
