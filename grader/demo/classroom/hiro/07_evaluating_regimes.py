# %% question="evaluate"
def evaluate(model, loader):
    accs, losses, pred, true = [], [], [], []
    parts = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.no_grad():
        for x, y in loader:
            z = logits_of(model(x))
            losses.append(F.cross_entropy(z, y).item())
            accs.append((z.argmax(1) == y).float().mean().item())
            pred.append(z)
            true.append(y)
    for m, t in parts:
        m.training = t
    k = pred[0].shape[1]
    pred, true = torch.cat(pred).argmax(1), torch.cat(true)
    conf = torch.zeros(k, k).long()
    for t, p in zip(true, pred):
        conf[t][p] += 1
    f1 = 2 * conf.diag() / (conf.sum(0) + conf.sum(1)).clamp(min=1)
    return dict(n=len(true), loss=sum(losses) / len(losses), confusion=conf, accuracy=sum(accs) / len(accs),
                macro_f1=f1.mean().item(), majority=(conf.sum(1).max() / len(true)).item())

# %% question="paired_difference"
import statistics

def paired_difference(a, b, conf):
    from scipy.stats import t
    d = [x - y for x, y in zip(a, b)]
    if len(a) != len(b) or len(d) < 2:
        raise ValueError("give me pairs")
    m = statistics.mean(d)
    half = t.ppf((1 + conf) / 2, len(d) - 1) * statistics.stdev(d)
    return m, m - half, m + half, "a" if m - half > 0 else "b" if m + half < 0 else "inconclusive"
