def param_groups(model, lr_head, lr_body, wd):
    head = {id(p) for p in head_of(model).parameters()}
    return [
        dict(
            params=[p],
            lr=(lr_body, lr_head)[id(p) in head],
            weight_decay=wd * (len(p.shape) >= 2),
            name=name,
        )
        for name, p in model.named_parameters()
    ]
