def param_groups(model, lr_head, lr_body, wd):
    named = list(model.named_parameters())

    def pick(head, matrix):
        return (
            p
            for name, p in named
            if p.requires_grad and (name.split(".")[0] in HEADS) is head and (p.ndim >= 2) is matrix
        )

    return [
        {"params": pick(head, matrix), "lr": lr_head if head else lr_body, "weight_decay": wd if matrix else 0.0}
        for head in (True, False)
        for matrix in (True, False)
    ]
