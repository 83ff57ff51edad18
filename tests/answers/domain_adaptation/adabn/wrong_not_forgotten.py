# It breaks: nothing of the source is left. Here momentum is None and the counted batches stay.
def adabn(model, loader):
    new = copy.deepcopy(model)
    new.eval()
    norms = [m for m in new.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d))]
    old = [m.momentum for m in norms]
    for m in norms:
        m.momentum = None
        m.train()
    n = 0
    with torch.no_grad():
        for x in loader:
            new(x)
            n += 1
    if n == 0:
        raise ValueError("no batch")
    for m, mom in zip(norms, old):
        m.momentum = mom
    return new.eval()
