"""Wrong ideas about `fix`: each is the sound answer with one rule or one function misunderstood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from tlcore.misconceptions.registry import misconception
from tlcore.reference.negative_transfer.fix import fix as sound

Run = dict[str, Any]
Answer = tuple[str, Any]


def _with(run: Run, functions: dict[str, Callable[..., Any]]) -> Answer:
    """The sound answer, with another function for some causes."""
    cause, patched = sound(run)
    return cause, functions.get(cause, patched)


@misconception(asks="The card's mean is not that of your photos. Should what the model gets have a mean of 0?")
def inputs_have_mean_zero(run: Run) -> Answer:
    """An input whose mean is not 0 is called wrongly normalised, and one with mean 0 sound."""
    if any(abs(mean) > 0.05 for mean in run["transcript"]["input"]["mean"]):
        return "wrong_normalisation", sound(_unnormalised(run))[1]
    return ("sound", None) if sound(run)[0] == "wrong_normalisation" else sound(run)


def _unnormalised(run: Run) -> Run:
    seen = {"mean": [9.0] * len(run["transcript"]["card"]["mean"]), "std": []}
    return {**run, "transcript": {**run["transcript"], "input": seen}}


@misconception(asks="Whose mean and spread did the checkpoint see when it was trained?")
def normalised_by_the_batch(run: Run) -> Answer:
    """The patch takes the statistics of the pictures at hand."""

    def prepare(images: torch.Tensor, card: Any) -> torch.Tensor:
        return (images - images.mean((0, 2, 3), keepdim=True)) / images.std((0, 2, 3), keepdim=True)

    return _with(run, {"wrong_normalisation": prepare})


@misconception(asks="Two photos of one plant look almost alike. Which of the two parts may hold them?")
def split_by_rows(run: Run) -> Answer:
    """The patch holds out rows instead of plants."""

    def split(plants: list[int], n_val: int) -> tuple[list[int], list[int]]:
        rows = list(range(len(plants)))
        return rows[:-n_val], rows[-n_val:]

    return _with(run, {"shared_plants": split})


@misconception(asks="In which order: freeze, put in the new head, collect what is trained?")
def frozen_after_the_swap(run: Run) -> Answer:
    """The patch freezes everything once the new head is in, and gives the optimizer all of it."""

    def build(model: Any, head: str, n_classes: int, regime: str, rate: float) -> tuple[Any, Any]:
        model.set_submodule(head, nn.Linear(model.get_submodule(head).in_features, n_classes))
        model.requires_grad_(regime == "full")
        return model, torch.optim.SGD(model.parameters(), lr=rate)

    return _with(run, {"untrained_head": build, "unfrozen_backbone": build})


@misconception(asks="Did somebody freeze a part of this model before? What should be trained in the other regime?")
def always_frozen(run: Run) -> Answer:
    """The patch freezes the backbone whatever the regime: it mends one run and breaks another."""

    def build(model: Any, head: str, n_classes: int, regime: str, rate: float) -> tuple[Any, Any]:
        model.requires_grad_(False)
        model.set_submodule(head, nn.Linear(model.get_submodule(head).in_features, n_classes))
        return model, torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=rate)

    return _with(run, {"untrained_head": build, "unfrozen_backbone": build})


def _step(model: Any, optimizer: Any, x: Any, y: Any, scale: float = 1.0) -> float:
    loss = F.cross_entropy(model(x), y)
    optimizer.zero_grad()
    (scale * loss).backward()
    optimizer.step()
    return loss.item()


@misconception(asks="Is it the size of the step that changes a running mean, or something else in the same pass?")
def smaller_steps(run: Run) -> Answer:
    """Statistics that drift are treated by a tenth of the step: the symptom, not the cause."""

    def step(model: Any, optimizer: Any, x: Any, y: Any, regime: str) -> float:
        model.train()
        return _step(model, optimizer, x, y, 0.1 if regime == "frozen" else 1.0)

    return _with(run, {"drifting_statistics": step})


@misconception(asks="Your step keeps the statistics still. Should it do so in a run where everything learns?")
def norms_always_still(run: Run) -> Answer:
    """The patch keeps batch norms in eval mode in both regimes: it mends this run and breaks the others."""

    def step(model: Any, optimizer: Any, x: Any, y: Any, regime: str) -> float:
        model.train()
        for layer in model.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.eval()
        return _step(model, optimizer, x, y)

    return _with(run, {"drifting_statistics": step, "gradients_added": step})


@misconception(asks="Which layers besides the norms behave differently while a model learns?")
def frozen_means_eval(run: Run) -> Answer:
    """The patch puts the whole model into eval mode where the backbone is frozen, the head's dropout with it."""

    def step(model: Any, optimizer: Any, x: Any, y: Any, regime: str) -> float:
        model.train(regime == "full")
        return _step(model, optimizer, x, y)

    return _with(run, {"drifting_statistics": step, "gradients_added": step})


@misconception(asks="Everything learns here. Should the statistics of its norms stand still?")
def statistics_never_move(run: Run) -> Answer:
    """Statistics that move are called a fault in the regime "full" too."""
    cause, patched = sound(run)
    if cause in ("sound", "gradients_added") and run["transcript"]["moved"]["statistics"] > 0:
        return "drifting_statistics", sound({**run, "regime": "frozen"})[1]
    return cause, patched


@misconception(asks="Which way does clipping change a gradient's length, and which way does adding?")
def any_other_gradient(run: Run) -> Answer:
    """A gradient that was clipped is taken for one that was added up."""
    log = run["transcript"]
    if sound(run)[0] == "sound" and log["own"] != log["used"]:
        return "gradients_added", sound({**run, "transcript": {**log, "used": [v + 9 for v in log["own"]]}})[1]
    return sound(run)


@misconception(asks="The last batch has three rows and the others 32. How much should it count?")
def mean_of_batches(run: Run) -> Answer:
    """The patch averages the accuracies of the batches: another metric."""

    def evaluate(model: Any, batches: Any) -> float:
        modes = [(layer, layer.training) for layer in model.modules()]
        model.eval()
        with torch.no_grad():
            shares = [(model(x).argmax(1) == y).float().mean().item() for x, y in batches]
        for layer, training in modes:
            layer.training = training
        return 100 * sum(shares) / len(shares)

    return _with(run, {"train_mode_evaluation": evaluate, "unweighted_batches": evaluate})


@misconception(asks="The training goes on after the evaluation. In which mode does it find the model?")
def left_in_eval_mode(run: Run) -> Answer:
    """The patch leaves the model in eval mode."""

    def evaluate(model: Any, batches: Any) -> float:
        model.eval()
        right = rows = 0
        with torch.no_grad():
            for x, y in batches:
                right += int((model(x).argmax(1) == y).sum())
                rows += len(y)
        return 100 * right / rows

    return _with(run, {"train_mode_evaluation": evaluate, "unweighted_batches": evaluate})


@misconception(
    asks="Two evaluations of one model gave two numbers. Which one is right, and does a mean of both mend it?"
)
def better_of_two(run: Run) -> Answer:
    """The patch masks the fault: it evaluates as before, in train mode, and repeats what came out."""

    def evaluate(model: Any, batches: Any) -> float:
        model.train()
        right = rows = 0
        with torch.no_grad():
            for x, y in batches:
                right += int((model(x).argmax(1) == y).sum())
                rows += len(y)
        return 100 * right / rows

    return _with(run, {"train_mode_evaluation": evaluate})
