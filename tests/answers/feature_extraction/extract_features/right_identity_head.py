import copy


def extract_features(model, loader):
    body = copy.deepcopy(model).eval()
    name, _ = [(n, m) for n, m in body.named_modules() if isinstance(m, nn.Linear)][-1]
    body.set_submodule(name, nn.Identity())
    batches = [(body(x).detach(), y) for x, y in loader]
    return torch.vstack([f for f, _ in batches]), torch.hstack([y for _, y in batches])
