"""Public check of `extract_features`."""

import torch
from torch import nn

from tlcore import plots


def _numbered(n):
    """Black 4x4 pictures; the left edge of the i-th has brightness i."""
    pictures = torch.zeros(n, 1, 4, 4)
    pictures[:, 0, :, 0] = torch.arange(n).float().view(n, 1)
    return pictures


class _Brightness(nn.Module):
    """Features that can be checked by hand: brightness at the left edge, and its double; the logit is minus that."""

    def __init__(self):
        super().__init__()
        edge = nn.Linear(16, 2, bias=False)
        self.backbone = nn.Sequential(nn.Flatten(), edge, nn.Dropout(0.9))
        self.head = nn.Linear(2, 1, bias=False)
        with torch.no_grad():
            edge.weight.copy_(torch.tensor([[1.0, 0, 0, 0], [2.0, 0, 0, 0]]).repeat(1, 4) / 4)
            self.head.weight.copy_(torch.tensor([[-1.0, 0.0]]))

    def features(self, x):
        return self.backbone(x)

    def forward(self, x):
        return self.head(self.backbone(x))


def check(extract_features, show):
    recorded, afterwards = torch.is_grad_enabled(), []

    def extracted(model, loader):
        try:
            return extract_features(model, loader)
        finally:
            afterwards.append(torch.is_grad_enabled())
            torch.set_grad_enabled(recorded)

    x, y = _numbered(5), torch.arange(10, 15)
    model = _Brightness().train()
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=2)
    show.tried(
        "five pictures with a left edge of 0 to 4, in batches of 2 + 2 + 1; the model, with a dropout, is in train mode"
    )
    found, labels = extracted(model, loader)
    found, labels = torch.as_tensor(found), torch.as_tensor(labels)
    expected = torch.tensor([[0.0, 0.0], [1.0, 2.0], [2.0, 4.0], [3.0, 6.0], [4.0, 8.0]])
    if tuple(found.shape) == (5, 1):
        teach = "One number a picture: is that what the head says, or what it sees?"
    elif len(found) != 5:
        teach = "How many pictures are in the last batch?"
    else:
        teach = "In which mode was the model when you asked it?"
    show.expect("features", found.detach(), expected, teach, atol=1e-4)
    show.expect("labels", labels, y)
    show.that(
        labels.dtype == torch.int64,
        "labels have the type that they came in, int64",
        f"They are {labels.dtype}: a loss takes no such labels.",
    )
    show.picture(plots.matrix("Features", found.detach(), expected))
    show.that(
        not found.requires_grad,
        "the features carry no graph",
        "What is needed only for a backward pass need not be recorded: see torch.no_grad().",
    )
    show.that(
        model.training,
        "the model is in train mode again",
        "Its owner handed it over in train mode, and goes on with it.",
    )
    show.that(
        model.backbone[2].training,
        "its dropout is in train mode again, too",
        "`model.training = True` tells the outermost module only; `model.train(True)` tells all.",
    )
    show.that(
        afterwards[0] == recorded,
        "gradients are recorded afterwards if they were before",
        "Who switched them on or off for good?",
    )
    learns = all(p.requires_grad for p in model.parameters())
    show.that(learns, "the parameters can learn afterwards", "They could before, and are not yours to freeze.")
    model.eval()
    extracted(model, loader)
    show.that(not model.training, "a model that came in eval mode stays in eval mode")
    show.tried("forty pictures in a loader that shuffles")
    many = torch.utils.data.TensorDataset(_numbered(40), torch.arange(40))
    found, labels = extracted(model, torch.utils.data.DataLoader(many, batch_size=7, shuffle=True))
    found, labels = torch.as_tensor(found).detach(), torch.as_tensor(labels)
    show.expect(
        "brightness of the pictures labelled 0 to 39",
        found[labels.argsort(), 0],
        torch.arange(40.0),
        "Row i of F and y[i] must be of one picture. How often did you go through the loader?",
        atol=1e-3,
    )
    show.untried(
        "loaders that are no DataLoader or draw some pictures only, models without a part called `backbone`, "
        "batch norm, calls where no gradients are recorded, what happens to the pictures"
    )
