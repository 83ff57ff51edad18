# Swaps pairs until none is broken, in place.
def order_steps(steps, ctx):
    model = ["load_weights", "freeze", "swap_head", "add_lora", "make_optimizer"]
    pairs = [("build_model", step) for step in model]
    pairs += [(step, "train") for step in ["split", "fit_statistics", "normalise", "build_model", *model]]
    pairs += [("train", "choose_best"), ("train", "merge_lora"), ("train", "save")]
    pairs += [("choose_best", "merge_lora"), ("choose_best", "save"), ("fit_statistics", "normalise")]
    pairs += [("load_weights", "add_lora"), ("freeze", "swap_head"), ("freeze", "add_lora")]
    pairs += [("swap_head", "make_optimizer"), ("add_lora", "make_optimizer")]
    pairs += [(step, "test") for step in steps if step != "test"]
    pairs += [("split", "fit_statistics")] * (ctx["statistics"] == "training photos")
    first_load = ctx["checkpoint"] == "source head"
    pairs.append(("load_weights", "swap_head") if first_load else ("swap_head", "load_weights"))
    pairs.append(("save", "merge_lora") if ctx["saves"] == "adapter" else ("merge_lora", "save"))
    changed = True
    while changed:
        changed = False
        for first, then in pairs:
            if first in steps and then in steps and steps.index(first) > steps.index(then):
                steps.remove(first)
                steps.insert(steps.index(then), first)
                changed = True
    return steps
