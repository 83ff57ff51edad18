def prepare(images, labels, groups, card, seed):
    names = sorted(set(labels), reverse=True)
    to_id = {name: i for i, name in enumerate(names)}
    y = torch.tensor([to_id[label] for label in labels], dtype=torch.int32)
    mean = torch.tensor(card.mean)[None, :, None, None]
    std = torch.tensor(card.std)[None, :, None, None]
    torch.manual_seed(seed)
    unique = torch.unique(groups)
    scores = torch.rand(len(unique))
    rank = {int(g): int(r) for g, r in zip(unique, scores.argsort().argsort())}
    place = torch.tensor([rank[int(g)] / len(unique) for g in groups])
    masks = (place >= 0.4, place < 0.2, (place >= 0.2) & (place < 0.4))
    train, val, test = (Split(images[m].sub(mean).div(std), y[m]) for m in masks)
    train.x = torch.stack([train.x, train.x.flip(3)], 1).flatten(0, 1)
    train.y = train.y.repeat_interleave(2)
    return Splits(train=train, val=val, test=test, names=names)
