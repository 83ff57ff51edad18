# scikit-learn counts; a context manager of its own looks after the modes.
import contextlib

import numpy as np
import torch
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, log_loss


@contextlib.contextmanager
def evaluating(model):
    before = [(m, m.training) for m in model.modules()]
    try:
        yield model.eval()
    finally:
        for m, training in before:
            m.training = training


@torch.inference_mode()
def evaluate(model, loader):
    probs, truth = [], []
    with evaluating(model):
        for x, y in loader:
            out = model(x)
            out = out if isinstance(out, torch.Tensor) else out.logits
            probs.append(out.double().softmax(-1).numpy())
            truth.append(y.numpy())
    probs, truth = np.concatenate(probs), np.concatenate(truth)
    classes = np.arange(probs.shape[1])
    said = probs.argmax(1)
    return dict(
        n=len(truth),
        loss=log_loss(truth, probs, labels=classes),
        confusion=confusion_matrix(truth, said, labels=classes),
        accuracy=accuracy_score(truth, said),
        macro_f1=f1_score(truth, said, labels=classes, average="macro", zero_division=0),
        majority=np.bincount(truth).max() / len(truth),
    )
