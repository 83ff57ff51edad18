# %% question="adabn"
def adabn(model, loader):
    adapted = copy.deepcopy(model).eval()
    kinds = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
    norms = [layer for layer in adapted.modules() if isinstance(layer, kinds)]
    own = {norm: norm.momentum for norm in norms}
    seen = 0
    for x in loader:
        seen += 1
        for norm in norms:
            # The first batch takes the place of the source, the n-th counts for a share of 1 / n.
            norm.train().momentum = 1 / seen
        with torch.no_grad():
            adapted(x)
    if seen == 0:
        raise ValueError("the loader is empty")
    for norm, momentum in own.items():
        norm.momentum = momentum
    return adapted.eval()


# %% question="grad_reverse"
class GradReverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, lam):
        ctx.lam = lam
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        return -ctx.lam * grad, None


def grad_reverse(x, lam):
    return GradReverse.apply(x, lam)


def dann_losses(body, head, critic, source, target_x, lam):
    x, y = source
    here, there = body(x), body(target_x)
    label_loss = F.cross_entropy(head(here), y)
    logits = torch.cat([critic(grad_reverse(part, lam)) for part in (here, there)])
    domain = torch.cat([torch.zeros(len(here), 1), torch.ones(len(there), 1)]).to(logits)
    return label_loss, F.binary_cross_entropy_with_logits(logits, domain)


# %% question="mlm_batch"
def mlm_batch(ids, special, mask_id, p, gen):
    chances = torch.full(ids.shape, float(p))
    for i in special:
        chances[ids == i] = 0
    hidden = torch.bernoulli(chances, generator=gen).bool()
    labels = torch.where(hidden, ids, torch.tensor(-100))
    inputs = ids.clone()
    inputs[hidden] = mask_id
    return inputs, labels


# %% question="diagnose_shift"
def distance(a, b, rng):
    """How many standard deviations the kernel distance of two samples is above that of shuffled ones."""
    a, b = rng.permutation(a)[:250], rng.permutation(b)[:250]
    x = np.concatenate([a, b])
    squared = ((x[:, None] - x[None]) ** 2).sum(-1)
    kernel = np.exp(-squared / np.median(squared))
    sign = np.r_[np.full(len(a), 1 / len(a)), np.full(len(b), -1 / len(b))]
    signs = np.stack([sign] + [rng.permutation(sign) for _ in range(80)])
    values = ((signs @ kernel) * signs).sum(1)
    return (values[0] - values[1:].mean()) / values[1:].std()


def diagnose_shift(source_x, source_y, target_x, few_x, few_y):
    rng = np.random.default_rng(0)
    classes = source_y.max() + 1
    half = len(source_y) // 2
    model = LogisticRegression().fit(source_x[:half], source_y[:half])
    held_x, held_y = source_x[half:], source_y[half:]
    if distance(source_x, target_x, rng) > 4:
        said = model.predict(held_x)
        confusion = np.array([[np.mean(said[held_y == c] == k) for c in range(classes)] for k in range(classes)])
        shares = np.bincount(model.predict(target_x), minlength=classes) / len(target_x)
        proportions = np.clip(np.linalg.solve(confusion, shares), 0, None)
        weights = (proportions / np.bincount(source_y))[source_y]
        kept = rng.random(len(weights)) < weights / weights.max()
        return "covariate" if distance(source_x[kept], target_x, rng) > 4 else "label"
    if len(few_y) == 0:
        return "none"
    usual, now = model.score(held_x, held_y), model.score(few_x, few_y)
    return "concept" if usual - now > 2.5 * np.sqrt(usual * (1 - usual) / len(few_y)) else "none"
