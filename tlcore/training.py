"""A training loop to read, not to configure: one optimizer, one loss, a progress bar."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader

from tlcore.data.sets import ImageSet, TextSet
from tlcore.models.outputs import logits_of
from tlcore.progress import progress as progress_bar

Data = ImageSet | TextSet | DataLoader | tuple[Tensor, Tensor]
"""What can be trained on: a dataset of `tlcore.data`, a DataLoader of `(x, y)` or dict batches, or a pair `(x, y)`."""
OPTIMIZERS: dict[str, type[torch.optim.Optimizer]] = {
    "adamw": torch.optim.AdamW,
    "adam": torch.optim.Adam,
    "sgd": torch.optim.SGD,
}


@dataclass
class History:
    """What happened during training."""

    loss: list[float] = field(default_factory=list)
    """The loss of each step, on the batch of that step, before the update."""
    seconds: float = 0.0
    """Wall-clock time."""


def train(
    model: nn.Module,
    data: Data,
    *,
    steps: int | None = None,
    epochs: int | None = None,
    lr: float = 1e-3,
    optimizer: str | torch.optim.Optimizer = "adamw",
    weight_decay: float = 0.0,
    batch_size: int = 32,
    seed: int = 0,
    cosine: bool = False,
    mode: bool = True,
    progress: bool = True,
) -> History:
    """Train `model` in place on `data`, and leave it in eval mode.

    Args:
        model: any module; what it returns may be a tensor of logits or a transformers output.
        data: see `Data`. Classes are learned with cross-entropy; a batch that is a dict (a TextSet gives such) goes to
            the model by keyword, and the model's own `.loss` is used.
        steps: how many updates; or
        epochs: how many passes over the data. Exactly one of the two.
        lr: learning rate. Ignored if `optimizer` is an object.
        optimizer: "adamw", "adam" or "sgd", over the parameters that require a gradient at this moment; or your own
            optimizer, which decides for itself what it updates.
        weight_decay: as the optimizer takes it.
        batch_size: rows of a step. A DataLoader brings its own.
        seed: the order of the rows. It does not touch torch's global generator, which decides dropout.
        cosine: let the learning rate fall to zero along a half cosine instead of staying constant. Your own optimizer
            has its rates back afterwards.
        mode: passed to `model.train(mode)` before each epoch; False trains in eval mode.
        progress: whether to show a bar; it is shown in notebooks and on terminals only.

    Returns:
        The loss of every step.

    Raises:
        ValueError: if not exactly one of steps and epochs is given, nothing can be trained, or the loss is not finite.
    """
    if (steps is None) == (epochs is None):
        raise ValueError("give either steps or epochs")
    if isinstance(optimizer, str):
        optimizer = _optimizer(model, optimizer, lr, weight_decay)
    per_epoch = _batches_per_epoch(data, batch_size)
    total = steps if steps is not None else (epochs or 0) * per_epoch

    rates = [group["lr"] for group in optimizer.param_groups]
    generator = torch.Generator().manual_seed(seed)
    history, started = History(), time.perf_counter()
    with progress_bar(show=progress, total=total, desc="training", unit="step") as bar:
        while len(history.loss) < total:
            model.train(mode)
            for batch in _batches(data, batch_size, generator):
                if len(history.loss) == total:
                    break
                loss = batch_loss(model, batch)
                if cosine:
                    share = 0.5 + 0.5 * math.cos(math.pi * len(history.loss) / total)
                    for group, rate in zip(optimizer.param_groups, rates, strict=True):
                        group["lr"] = rate * share
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                history.loss.append(loss.item())
                if not math.isfinite(history.loss[-1]):
                    raise ValueError(f"the loss is {history.loss[-1]} at step {len(history.loss)}: try a smaller lr")
                bar.update()
                bar.set_postfix(loss=f"{history.loss[-1]:.3f}", refresh=False)
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate
    model.eval()
    history.seconds = time.perf_counter() - started
    return history


def _optimizer(model: nn.Module, name: str, lr: float, weight_decay: float) -> torch.optim.Optimizer:
    if name not in OPTIMIZERS:
        raise ValueError(f"unknown optimizer {name!r}: use one of {', '.join(map(repr, OPTIMIZERS))}")
    trainable = [p for p in model.parameters() if p.requires_grad]
    if not trainable:
        raise ValueError("nothing to train: no parameter of the model requires a gradient")
    kind: Any = OPTIMIZERS[name]
    return kind(trainable, lr=lr, weight_decay=weight_decay)


def batch_loss(model: nn.Module, batch: Any) -> Tensor:
    """The loss on one batch: cross-entropy of `(x, y)`, or the model's own `.loss` if the batch is a dict."""
    if isinstance(batch, dict):
        return model(**batch).loss
    x, y = batch
    return F.cross_entropy(logits_of(model(x)), y)


@torch.no_grad()
def predict(model: nn.Module, images: Tensor, batch_size: int = 256) -> Tensor:
    """Logits (N, n_classes) of the model in eval mode; afterwards every module is in the mode it was in."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        return torch.cat([logits_of(model(part)) for part in images.split(batch_size)])
    finally:
        for module, training in modes:
            module.training = training


@torch.no_grad()
def _predict_batch(model: nn.Module, inputs: dict[str, Tensor]) -> Tensor:
    """Logits for one batch of named inputs, likewise."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        return logits_of(model(**inputs))
    finally:
        for module, training in modes:
            module.training = training


def accuracy(model: nn.Module, data: ImageSet | DataLoader | tuple[Tensor, Tensor]) -> float:
    """Share of rows, 0 to 1, whose largest logit is at their label; the model is asked in eval mode.

    The batches of a DataLoader may be pairs, or dicts with `labels` beside what the model takes by keyword.
    """
    right = rows = 0
    for batch in _pairs(data):
        if isinstance(batch, dict):
            y = batch["labels"]
            logits = _predict_batch(model, {name: value for name, value in batch.items() if name != "labels"})
        else:
            x, y = batch
            logits = predict(model, x)
        right += int(logits.argmax(1).eq(y).sum())
        rows += len(y)
    if not rows:
        raise ValueError("accuracy of no rows: the data is empty")
    return right / rows


@torch.no_grad()
def perplexity(model: nn.Module, texts: TextSet, batch_size: int = 128) -> float:
    """exp of the mean loss per predicted word (the begin is not predicted, the end is; padding does not count)."""
    training = model.training
    model.eval()
    loss = words = 0.0
    for rows in torch.arange(len(texts)).split(batch_size):
        part = texts[rows]
        logits = logits_of(model(input_ids=part.ids, attention_mask=part.mask))
        labels = part.labels[:, 1:]
        loss += float(F.cross_entropy(logits[:, :-1].flatten(0, 1), labels.flatten(), reduction="sum"))
        words += int((labels != -100).sum())
    model.train(training)
    return math.exp(loss / words)


def linear_probe(features: Tensor, labels: Tensor, n_classes: int, *, l2: float = 1e-2, steps: int = 100) -> nn.Linear:
    """The best linear classifier on given features: multinomial logistic regression by L-BFGS, the same every time.

    Args:
        features: (N, d), as a frozen backbone gives them.
        labels: (N,) int64.
        n_classes: how many logits.
        l2: strength of the penalty `l2 / 2 * |W|^2` on the weight; features are standardised meanwhile.
        steps: most iterations of L-BFGS.

    Returns:
        A Linear(d, n_classes) on the features as they were given.

    Source: Alain & Bengio 2016, "Understanding intermediate layers using linear classifier probes".
    """
    if features.ndim != 2 or len(features) != len(labels):
        raise ValueError(f"features must be (N, d) with N = {len(labels)} labels, not {tuple(features.shape)}")
    features = features.detach()
    centre, spread = features.mean(0), features.std(0, correction=0).clamp_min(1e-6)
    scaled = (features - centre) / spread
    weight = torch.zeros(n_classes, features.shape[1], dtype=features.dtype, requires_grad=True)
    bias = torch.zeros(n_classes, dtype=features.dtype, requires_grad=True)
    solver = torch.optim.LBFGS([weight, bias], max_iter=steps, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        solver.zero_grad()
        loss = F.cross_entropy(scaled @ weight.T + bias, labels) + 0.5 * l2 * weight.square().sum()
        loss.backward()
        return loss

    with torch.enable_grad():
        solver.step(closure)
    probe = nn.Linear(features.shape[1], n_classes, dtype=features.dtype)
    with torch.no_grad():
        probe.weight.copy_(weight / spread)
        probe.bias.copy_(bias - probe.weight @ centre)
    return probe.eval()


def _batches(data: Data, batch_size: int, generator: torch.Generator) -> Iterator[Any]:
    """One pass over the data, in an order that `generator` decides."""
    if isinstance(data, DataLoader):
        yield from data
        return
    rows = len(data) if isinstance(data, TextSet) else len(_only_pair(data)[1])
    for part in torch.randperm(rows, generator=generator).split(batch_size):
        if isinstance(data, TextSet):
            yield data.batch(part)
        else:
            x, y = _only_pair(data)
            yield x[part], y[part]


def _batches_per_epoch(data: Data, batch_size: int) -> int:
    if isinstance(data, DataLoader):
        count = len(data)
    else:
        count = math.ceil((len(data) if isinstance(data, TextSet) else len(_only_pair(data)[1])) / batch_size)
    if not count:
        raise ValueError("the data is empty")
    return count


def _pairs(data: ImageSet | DataLoader | tuple[Tensor, Tensor]) -> Iterable[Any]:
    return data if isinstance(data, DataLoader) else [_only_pair(data)]


def _only_pair(data: Any) -> tuple[Tensor, Tensor]:
    x, y = data
    return x, y
