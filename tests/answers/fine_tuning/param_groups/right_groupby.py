from itertools import groupby


def param_groups(model, lr_head, lr_body, wd):
    def setting(item):
        name, p = item
        top, *_ = name.split(".")
        return (lr_head if top in HEADS else lr_body, wd if p.dim() >= 2 else 0)

    learning = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    learning.sort(key=setting)
    return [
        {"params": [p for _, p in group], "lr": lr, "weight_decay": decay}
        for (lr, decay), group in groupby(learning, key=setting)
    ]
