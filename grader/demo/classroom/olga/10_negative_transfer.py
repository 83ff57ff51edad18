# %% question="negative_transfer"
def negative_transfer(results):
    p, s = {}, {}
    for r in results['runs']:
        if r['start'] == 'pretrained':
            d = p if r['tested_on'] == 'target' else s
            d[(r['seed'], r['labels'], r['updates'])] = r['accuracy']
    keys = [k for k in sorted(p) if k in s]
    if len(keys) < 2:
        return {'gap': None, 'ci': None, 'verdict': 'not comparable'}
    d = np.array([p[k] - s[k] for k in keys])
    h = stats.t.ppf(0.975, len(d) - 1) * d.std(ddof=1) / np.sqrt(len(d))
    g = float(d.mean())
    v = 'negative' if g + h < 0 else 'positive' if g - h > 0 else 'inconclusive'
    return {'gap': g, 'ci': (g - h, g + h), 'verdict': v}


# %% question="rank_sources"
def rank_sources(candidates, target_few):
    x, y = target_few
    s = {}
    for c in candidates:
        with torch.no_grad():
            f = c.body.eval()(x)
        f = (f - f.mean(0)) / (f.std(0) + 1e-6)
        d = torch.cdist(f, f)
        d.fill_diagonal_(float('inf'))
        n = d.topk(7, largest=False).indices
        s[c.name] = (y[n].mode(1).values == y).float().mean().item()
    return sorted(s, key=s.get, reverse=True)
