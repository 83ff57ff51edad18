"""The public checks of 02_feature_extraction.

Built by `tl build` from solutions/02_feature_extraction.py; do not edit.
"""

import torch
from torch import nn

from tlcore import plots
from tlcore.models import TinyNet


def _moved(before, model):
    """How far each parameter is from what it was."""
    return {name: float((p.detach() - before[name]).norm()) for name, p in model.named_parameters()}


def _steps(model, x, y, optimizer):
    for _ in range(3):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        if loss.requires_grad:
            loss.backward()
        optimizer.step()


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


def check_freeze(freeze, show):
    torch.manual_seed(0)
    x, y = torch.randn(8, 1, 8, 8), torch.arange(8) % 3
    names, moves, flags = [], [], []
    for optimizer, decay, teach in (
        (torch.optim.SGD, 0.0, "Which tensors does the optimizer hold, and what does it look for in each?"),
        (
            torch.optim.AdamW,
            0.1,
            "Weight decay moves a parameter that has a gradient, even one of zeros; it skips one that has none.",
        ),
    ):
        model = TinyNet(n_classes=3, in_channels=1, widths=(4, 6), norm="group", dropout=0.0)
        freeze(model.backbone)
        before = {name: p.detach().clone() for name, p in model.named_parameters()}
        _steps(model, x, y, optimizer(model.parameters(), lr=0.1, weight_decay=decay))
        moved = _moved(before, model)
        with_decay = f" with weight decay {decay}" if decay else ""
        show.tried(f"`freeze(model.backbone)`, then three steps of {optimizer.__name__}{with_decay}")
        show.expect(
            "layers that moved", [name for name, far in moved.items() if far > 0], ["fc.weight", "fc.bias"], teach
        )
        names, moves = list(moved), list(moved.values())
        flags = [p.requires_grad for p in model.parameters()]
    frozen = [not name.startswith("fc") for name in names]
    # How far is the data's business: what moved as it should is drawn as it is.
    far = [0.0 if still else moved or 1.0 for still, moved in zip(frozen, moves, strict=True)]
    show.picture(
        plots.layers(
            "What three steps moved",
            names,
            {"trainable": flags, "moved": moves},
            {"trainable": [not still for still in frozen], "moved": far},
        )
    )
    first, frozen_part = nn.Linear(4, 4), nn.Linear(4, 4)
    freeze(frozen_part)
    show.tried("`freeze(second)` of two layers, then a backward pass through both")
    out = frozen_part(first(torch.ones(1, 4))).sum()
    if out.requires_grad:
        out.backward()
    show.that(
        first.weight.grad is not None,
        "the layer before the frozen one gets a gradient",
        "Gradients still flow *through* a frozen layer: only its own parameters get none.",
    )
    both = nn.Linear(4, 4)
    shared = both.weight
    freeze(both)
    show.that(
        both.weight is shared,
        "parameters are the same objects as before",
        "If another layer shares a parameter, it must not be left with an old one that still learns.",
    )


def check_replace_head(replace_head, show):
    x = torch.randn(5, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    sizes = []
    for layout, width in (("fc", 6), ("classifier", 10), ("head", 14)):
        model = TinyNet(n_classes=9, in_channels=1, widths=(4, width), layout=layout, norm="group")
        model.requires_grad_(False)
        features = model.backbone(x)
        old = model.classifier if layout == "classifier" else getattr(model, layout)
        show.tried(
            f"a model with {width} features and its last layer in `{layout}`, all frozen; `replace_head(model, 4)`"
        )
        new = replace_head(model, 4)
        new = model if new is None else new
        heads = [m for m in new.modules() if isinstance(m, nn.Linear)]
        found = [list(m.weight.shape) for m in heads]
        sizes.append(sum(p.numel() for m in heads for p in m.parameters()))
        teach = "The weight is (outputs, inputs): 4 classes, and as many inputs as the old layer had."
        if not show.expect("weights of the linear layers", found, [[4, width]], teach):
            continue
        new.eval()
        shape = list(new(x).shape)
        show.expect("shape of the output for 5 pictures", shape, [5, 4])
        show.that(
            bool(torch.allclose(new(x), heads[0](features), atol=1e-6)),
            "the output is the new layer, applied to the backbone's features",
            "Is the backbone still what it was, and does the new layer see its features?",
        )
        learns = sum(p.numel() for p in new.parameters() if p.requires_grad)
        show.expect(
            "numbers that can learn", learns, 4 * width + 4, "The new layer, and nothing else: the rest was frozen."
        )
        if layout == "classifier":
            dropouts = [m.p for m in new.modules() if isinstance(m, nn.Dropout)]
            show.expect("dropout of the model", dropouts, [old[0].p], "The classifier is more than its last layer.")
    show.picture(
        plots.bars("Numbers in the linear layers", ["fc", "classifier", "head"], sizes, [28, 44, 60], ylabel="numbers")
    )


def check_frozen_backbone(FrozenBackbone, show):
    def parts(dropout):
        torch.manual_seed(0)
        norm = nn.BatchNorm2d(1).requires_grad_(False)
        return norm, nn.Sequential(norm, nn.Flatten()), nn.Sequential(nn.Dropout(dropout), nn.Identity())

    x = torch.tensor([1.0, 3.0]).view(2, 1, 1, 1)
    norm, backbone, head = parts(0.0)
    show.tried(
        "a backbone with a batch norm (mean 0, variance 1), in train mode; FrozenBackbone is built, and nothing else"
    )
    model = FrozenBackbone(backbone, head)
    here = "Which mode has a module that was just made?"
    show.expect("answer for 1 and 3", model(x).detach().flatten(), torch.tensor([1.0, 3.0]), here, atol=1e-4)
    show.tried("then three epochs that begin with `model.train()`")
    means = [norm.running_mean.item()]
    for _ in range(3):
        model.train()
        answer = model(x).detach().flatten()
        means.append(norm.running_mean.item())
    show.expect(
        "answer for 1 and 3 in train mode",
        answer,
        torch.tensor([1.0, 3.0]),
        "In train mode batch norm subtracts the mean of the batch. What did `model.train()` do to the backbone?",
        atol=1e-4,
    )
    show.expect(
        "running mean, after 0, 1, 2, 3 epochs",
        means,
        [0.0] * 4,
        "Statistics are no parameters: the forward pass moves them, in train mode.",
        atol=1e-6,
    )
    show.picture(
        plots.lines(
            "Running mean of the batch norm",
            {"yours": means, "expected": [0.0] * 4},
            xlabel="epochs",
            ylabel="running mean",
        )
    )
    _, backbone, head = parts(0.5)
    model = FrozenBackbone(backbone, head)
    model.train()
    answers = model(torch.full((200, 1, 1, 1), 3.0)).detach()
    show.tried("a head with dropout 0.5, for 200 equal inputs")
    found = sorted({round(v, 2) for v in answers.flatten().tolist()})[:6]
    show.expect(
        "different answers in train mode",
        found,
        [0.0, 6.0],
        "Half are dropped and half are doubled: the head's dropout must be active in train mode.",
        atol=0.01,
    )
    model.eval()
    answers = model(torch.full((200, 1, 1, 1), 3.0)).detach()
    found = sorted({round(v, 2) for v in answers.flatten().tolist()})[:6]
    show.expect("different answers in eval mode", found, [3.0], "In eval mode the head's dropout is off.", atol=0.01)


def check_extract_features(extract_features, show):
    x, y = _numbered(5), torch.arange(10, 15)
    model = _Brightness().train()
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=2)
    show.tried(
        "five pictures with a left edge of 0 to 4, in batches of 2 + 2 + 1; the model, with a dropout, is in train mode"
    )
    found, labels = extract_features(model, loader)
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
    model.eval()
    extract_features(model, loader)
    show.that(not model.training, "a model that came in eval mode stays in eval mode")
    show.tried("forty pictures in a loader that shuffles")
    many = torch.utils.data.TensorDataset(_numbered(40), torch.arange(40))
    found, labels = extract_features(model, torch.utils.data.DataLoader(many, batch_size=7, shuffle=True))
    found, labels = torch.as_tensor(found).detach(), torch.as_tensor(labels)
    show.expect(
        "brightness of the pictures labelled 0 to 39",
        found[labels.argsort(), 0],
        torch.arange(40.0),
        "Row i of F and y[i] must be of one picture. How often did you go through the loader?",
        atol=1e-3,
    )


def check_prepare(prepare, show):
    from tlcore.checkpoints.card import Card

    # 30 plants with 2 photos each, of three illnesses. Photo i has the value i / 100 at its left edge, and 1 elsewhere.
    plants, illnesses = torch.arange(30).repeat_interleave(2), ["rust", "mildew", "blight"]
    labels = [illnesses[int(p) % 3] for p in plants]
    images = torch.ones(60, 1, 4, 4)
    images[:, 0, :, 0] = (torch.arange(60) / 100).view(-1, 1)
    card = Card("a card", mean=(0.5,), std=(0.25,))
    show.tried("60 photos of 30 plants (two each), three illnesses; card with mean 0.5 and std 0.25; seed 3")
    splits = prepare(images, labels, plants, card, 3)
    parts = {"train": splits.train, "val": splits.val, "test": splits.test}
    pictures = {name: torch.as_tensor(part.x).float() for name, part in parts.items()}
    ids = {name: [int(i) for i in part.y] for name, part in parts.items()}
    largest = [round(float(x.max()), 3) if len(x) else None for x in pictures.values()]
    same = show.expect(
        "largest pixel of train, val, test: (1 - 0.5) / 0.25",
        largest,
        [2.0, 2.0, 2.0],
        "Which mean and std did the pretrained backbone get to know?",
        atol=1e-3,
    )
    if not same:
        return
    # Undo the normalisation; a picture that is not mirrored has its number at the left edge.
    left, right = ({name: (x[:, 0, 0, at] * 0.25 + 0.5) for name, x in pictures.items()} for at in (0, 3))
    numbers = {name: [round(100 * v) for v in torch.minimum(left[name], right[name]).tolist()] for name in parts}
    mirrored = {name: int((right[name] < left[name]).sum()) for name in parts}
    kept = {name: sorted(set(n)) for name, n in numbers.items()}
    homes = [[name for name in parts if {2 * p, 2 * p + 1} & set(kept[name])] for p in range(30)]
    show.expect(
        "plants whose photos are in more than one part",
        [p for p, home in enumerate(homes) if len(home) > 1],
        [],
        "Deal out plants, not photos.",
    )
    show.expect("photos that are in no part", sorted(set(range(60)) - {n for k in kept.values() for n in k}), [])
    count = {name: len(k) // 2 for name, k in kept.items()}
    for name in ("val", "test"):
        show.that(
            3 <= count[name] <= 9, f"{name} has 3 to 9 of the 30 plants (about a fifth)", f"It has {count[name]}."
        )
    show.expect(
        "mirrored photos",
        mirrored,
        {"train": len(kept["train"]), "val": 0, "test": 0},
        "Augmentation is for training, after the data was divided.",
    )
    show.expect(
        "rows",
        {name: len(n) for name, n in numbers.items()},
        {"train": 2 * len(kept["train"]), "val": len(kept["val"]), "test": len(kept["test"])},
    )
    for name in parts:
        said = [splits.names[i] if i < len(splits.names) else "?" for i in ids[name]]
        show.expect(
            f"names[y] in {name}", said, [labels[n] for n in numbers[name]], "Number the classes once, for all parts."
        )
    again, other = (
        prepare(images, labels, plants, card, 3),
        [prepare(images, labels, plants, card, seed) for seed in (4, 5, 6)],
    )
    show.that(
        torch.equal(torch.as_tensor(again.test.x).float(), pictures["test"]),
        "the same seed gives the same parts",
        "Which random numbers did the seed not decide?",
    )
    show.that(
        any(not torch.equal(torch.as_tensor(o.test.x).float(), pictures["test"]) for o in other),
        "other seeds give other parts",
        "Is the seed used at all?",
    )
    show.picture(
        plots.bars(
            "Plants in each part",
            list(count),
            list(count.values()),
            [18, 6, 6],
            ylabel="plants",
            caption="Val and test may have a few more or fewer.",
        )
    )
