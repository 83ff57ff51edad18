# %% question="adabn"
def adabn(model, loader):
    model2 = copy.deepcopy(model)
    model2.eval()
    n = 0
    for m in model2.modules():
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            m.train()
    with torch.no_grad():
        for x in loader:
            model2(x)
            n += 1
    if n == 0:
        raise ValueError('empty')
    model2.eval()
    return model2


# %% question="grad_reverse"
def grad_reverse(x, lam):
    y = x * 1
    if y.requires_grad:
        y.register_hook(lambda g: -lam * g)
    return y


def dann_losses(body, head, critic, source, target_x, lam):
    x, y = source
    f = torch.cat([body(x), body(target_x)])
    d = critic(grad_reverse(f, lam)).squeeze(1)
    t = torch.cat([torch.zeros(len(x)), torch.ones(len(target_x))]).to(d.dtype)
    return F.cross_entropy(head(f[:len(x)]), y), lam * F.binary_cross_entropy_with_logits(d, t)


# %% question="mlm_batch"
def mlm_batch(ids, special, mask_id, p, gen):
    m = torch.rand(ids.shape, generator=gen) < p
    for s in special:
        m = m & (ids != s)
    x = ids.clone()
    x[m] = mask_id
    return x, ids.clone()


# %% question="diagnose_shift"
def diagnose_shift(source_x, source_y, target_x, few_x, few_y):
    if len(few_y) == 0:
        return "none"
    h = len(source_y) // 2
    m = LogisticRegression().fit(source_x[:h], source_y[:h])
    a, b = m.score(source_x[h:], source_y[h:]), m.score(few_x, few_y)
    return "concept" if (a - b) / np.sqrt(a * (1 - a) * (1 / len(few_y) + 1 / h)) > 2 else "none"
