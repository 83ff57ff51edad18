import pandas as pd


def prepare(images, labels, groups, card, seed):
    table = pd.DataFrame({"label": labels, "plant": groups.numpy()})
    classes = table["label"].astype("category").cat
    table["y"] = classes.codes.astype("int64")
    plants = table["plant"].drop_duplicates().sort_values().sample(frac=1, random_state=seed).tolist()
    k = round(0.2 * len(plants))
    part_of = dict.fromkeys(plants[:k], "val") | dict.fromkeys(plants[k : 2 * k], "test")
    table["part"] = table["plant"].map(part_of).fillna("train")
    x = card.normalise(images)

    def split(name):
        rows = table.index[table["part"] == name].to_numpy()
        return Split(x[rows], torch.tensor(table.loc[rows, "y"].to_list()))

    train = split("train")
    train = Split(torch.cat([train.x, train.x.flip(dims=(-1,))]), torch.cat([train.y, train.y]))
    return Splits(train, split("val"), split("test"), list(classes.categories))
