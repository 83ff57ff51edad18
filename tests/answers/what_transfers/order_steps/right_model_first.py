# Another right order: the model first, photos late, the head last before the adapters; a tuple.
def order_steps(steps, ctx):
    place = {"build_model": 0, "freeze": 1, "load_weights": 2, "swap_head": 3, "add_lora": 4, "make_optimizer": 5}
    place |= {"split": 6, "fit_statistics": 7, "normalise": 8, "train": 9, "choose_best": 10, "test": 99}
    place |= {"save": 11, "merge_lora": 12}
    if ctx["saves"] == "whole model":
        place["save"] = 13
    if ctx["checkpoint"] == "target head":
        place["swap_head"] = 1.5
    return tuple(sorted(steps, key=lambda step: place[step]))
