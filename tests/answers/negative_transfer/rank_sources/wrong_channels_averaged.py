# Breaks: pictures are normalised channel by channel; here by the mean of the numbers of all channels.
def rank_sources(candidates, target_few):
    images, labels = target_few
    out = {}
    for c in candidates:
        f = predict(copy.deepcopy(c.body).eval(), (images - np.mean(c.mean)) / np.mean(c.std))
        f = (f - f.mean(0)) / (f.std(0) + 1e-6)
        nearest = torch.cdist(f, f).fill_diagonal_(torch.inf).topk(7, largest=False).indices
        out[c.name] = (labels[nearest].mode(1).values == labels).float().mean().item()
    return sorted(out, key=out.get, reverse=True)
