# load_weights before add_lora: here after it.

def order_steps(steps, ctx):
    loading = ["load_weights", "swap_head"] if ctx["checkpoint"] == "source head" else ["swap_head", "load_weights"]
    keeping = ["save", "merge_lora"] if ctx["saves"] == "adapter" else ["merge_lora", "save"]
    order = ["split", "fit_statistics", "normalise", "build_model", "freeze", *loading, "add_lora", "make_optimizer", "train", "choose_best", *keeping, "test"]
    order.remove("add_lora")
    order.insert(order.index("freeze") + 1, "add_lora")
    return [step for step in order if step in steps]
