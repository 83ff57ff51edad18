# freeze before whatever is to learn: here just before training.

def order_steps(steps, ctx):
    loading = ["load_weights", "swap_head"] if ctx["checkpoint"] == "source head" else ["swap_head", "load_weights"]
    keeping = ["save", "merge_lora"] if ctx["saves"] == "adapter" else ["merge_lora", "save"]
    order = ["split", "fit_statistics", "normalise", "build_model", "freeze", *loading, "add_lora", "make_optimizer", "train", "choose_best", *keeping, "test"]
    order.remove("freeze")
    order.insert(order.index("train"), "freeze")
    return [step for step in order if step in steps]
