# Momentum 1: the statistics of each batch are read off and averaged afterwards.
def adabn(model, loader):
    new = copy.deepcopy(model).eval()
    norms = [m for m in new.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    momenta = [m.momentum for m in norms]
    for m in norms:
        m.train()
        m.momentum = 1.0
    means, variances = [], []
    with torch.no_grad():
        for x in loader:
            new(x)
            means.append([m.running_mean.clone() for m in norms])
            variances.append([m.running_var.clone() for m in norms])
    if len(means) == 0:
        raise ValueError("empty")
    for i, m in enumerate(norms):
        m.running_mean.copy_(torch.stack([b[i] for b in means]).mean(0))
        m.running_var.copy_(torch.stack([b[i] for b in variances]).mean(0))
        m.momentum = momenta[i]
    return new.eval()
