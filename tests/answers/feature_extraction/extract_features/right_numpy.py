import numpy as np


def extract_features(model, loader):
    was = model.training
    model.train(False)
    F, Y = [], []
    with torch.inference_mode():
        for images, labels in loader:
            F.append(model.features(images).numpy())
            Y.append(labels.numpy())
    model.train(was)
    return np.concatenate(F), np.concatenate(Y)
