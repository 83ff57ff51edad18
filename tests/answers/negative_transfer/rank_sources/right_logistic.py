# Logistic regression on folds; batches; a tuple is returned. Modes are put back.
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def features(candidate, images):
    was = candidate.body.training
    candidate.body.eval()
    found = []
    for part in images.split(32):
        part = part.clone()
        for channel, (mean, std) in enumerate(zip(candidate.mean, candidate.std)):
            part[:, channel] = (part[:, channel] - mean) / std
        found.append(candidate.body(part).detach())
    candidate.body.train(was)
    return torch.cat(found).numpy()


def rank_sources(candidates, target_few):
    images, labels = target_few
    folds = StratifiedKFold(4, shuffle=True, random_state=1)
    ranked = []
    for candidate in candidates:
        probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=100))
        score = cross_val_score(probe, features(candidate, images), labels.numpy(), cv=folds).mean()
        ranked.append((-score, candidate.name))
    return tuple(name for _, name in sorted(ranked))
