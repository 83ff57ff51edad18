# It breaks: the head is all that is inside. Here it is the last weight and the last bias of the model.
def param_groups(model, lr_head, lr_body, wd):
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    last = named[-1][0].rpartition(".")[0]
    return [
        {
            "params": [p],
            "lr": lr_head if n.startswith(last + ".") else lr_body,
            "weight_decay": wd if p.ndim >= 2 else 0.0,
        }
        for n, p in named
    ]
