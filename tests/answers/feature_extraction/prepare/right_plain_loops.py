import random


def prepare(images, labels, groups, card, seed):
    names = []
    for label in labels:
        if label not in names:
            names.append(label)
    plants = sorted({int(group) for group in groups})
    order = random.Random(seed).sample(plants, len(plants))
    fifth = -(-len(plants) // 5)
    parts = {"val": order[:fifth], "test": order[fifth : 2 * fifth], "train": order[2 * fifth :]}
    found = {}
    for name, chosen in parts.items():
        x, y = [], []
        for i in range(len(images)):
            if int(groups[i]) not in chosen:
                continue
            picture = torch.stack([(images[i, c] - card.mean[c]) / card.std[c] for c in range(len(card.mean))])
            x.append(picture)
            y.append(names.index(labels[i]))
            if name == "train":
                x.append(picture.flip(-1))
                y.append(names.index(labels[i]))
        found[name] = Split(torch.stack(x), torch.tensor(y))
    return Splits(found["train"], found["val"], found["test"], names)
