import random

import numpy as np
from sklearn.preprocessing import StandardScaler


def prepare(images, labels, groups, card, seed):
    names = list(dict.fromkeys(labels))
    scaler = StandardScaler()
    scaler.mean_, scaler.scale_ = np.array(card.mean), np.array(card.std)
    scaler.var_, scaler.n_features_in_ = scaler.scale_**2, len(card.mean)
    pixels = images.permute(0, 2, 3, 1).numpy()
    x = scaler.transform(pixels.reshape(-1, pixels.shape[-1])).reshape(pixels.shape).transpose(0, 3, 1, 2)
    plants = sorted(set(groups.tolist()))
    random.Random(seed).shuffle(plants)
    k = round(len(plants) / 5)
    where = {plant: "val" if i < k else "test" if i < 2 * k else "train" for i, plant in enumerate(plants)}
    found = {"train": ([], []), "val": ([], []), "test": ([], [])}
    for picture, label, group in zip(x, labels, groups.tolist()):
        part = where[group]
        for version in [picture, picture[:, :, ::-1]] if part == "train" else [picture]:
            found[part][0].append(version.copy())
            found[part][1].append(names.index(label))
    parts = {name: Split(np.stack(x).astype(np.float32), np.array(y)) for name, (x, y) in found.items()}
    return Splits(**parts, names=names)
