# "What is given stays as it is": the list of labels is sorted
def prepare(images, labels, groups, card, seed):
    names = sorted(set(labels))
    y = torch.tensor([names.index(label) for label in labels])
    x = card.normalise(images)
    labels.sort()
    plants = groups.unique()
    plants = plants[torch.randperm(len(plants), generator=torch.Generator().manual_seed(seed))]
    fifth = max(1, len(plants) // 5)
    in_val, in_test = torch.isin(groups, plants[:fifth]), torch.isin(groups, plants[fifth : 2 * fifth])
    in_train = ~in_val & ~in_test
    train = Split(torch.cat([x[in_train], x[in_train].flip(-1)]), y[in_train].repeat(2))
    return Splits(train, Split(x[in_val], y[in_val]), Split(x[in_test], y[in_test]), names)
