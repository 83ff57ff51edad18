import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder


def prepare(images, labels, groups, card, seed):
    encoder = LabelEncoder().fit(labels)
    y = encoder.transform(labels)
    plants = np.unique(groups)
    rest, test = train_test_split(plants, test_size=0.2, random_state=seed)
    train, val = train_test_split(rest, test_size=0.25, random_state=seed)
    pictures = (images.numpy() - np.reshape(card.mean, (-1, 1, 1))) / np.reshape(card.std, (-1, 1, 1))

    def of(chosen):
        rows = np.isin(groups, chosen)
        return pictures[rows].astype("float32"), y[rows]

    x_train, y_train = of(train)
    x_train = np.concatenate([x_train, x_train[..., ::-1]])
    return Splits(Split(x_train, np.tile(y_train, 2)), Split(*of(val)), Split(*of(test)), list(encoder.classes_))
