"""Wrong ideas about `load_backbone`."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from tlcore.loading import LoadReport
from tlcore.misconceptions.registry import misconception
from tlcore.reference.fine_tuning.load_backbone import _prefix, load_backbone

Checkpoint = Mapping[str, Tensor]


def _without_prefix(model: nn.Module, checkpoint: Checkpoint) -> dict[str, Tensor]:
    prefix = _prefix(list(checkpoint), set(model.state_dict()))
    return {name.removeprefix(prefix): value for name, value in checkpoint.items()}


@misconception(asks="Print three names of the checkpoint beside three of the model. Which of them are equal?")
def prefix_ignored(model: nn.Module, checkpoint: Checkpoint) -> LoadReport:
    """`strict=False` loads what fits by name. With a prefix that is nothing, and nobody is told."""
    own = model.state_dict()
    fits = {name: value for name, value in checkpoint.items() if name in own and own[name].shape == value.shape}
    missing, _ = model.load_state_dict(fits, strict=False)
    other = [name for name in checkpoint if name in own and name not in fits]
    return LoadReport(list(fits), [n for n in missing if n not in other], other, list(set(checkpoint) - set(own)))


@misconception(asks="Set an entry of the dict that `state_dict()` gave you. What does the model say of it?")
def only_the_dict_is_changed(model: nn.Module, checkpoint: Checkpoint) -> LoadReport:
    """The tensors are put into the dict that `state_dict()` gave, and the model keeps its own."""
    before = {name: value.clone() for name, value in model.state_dict().items()}
    report = load_backbone(model, checkpoint)
    model.load_state_dict(before)
    return report


@misconception(asks="A batch-norm layer holds numbers that no optimizer moves. Are they in `named_parameters()`?")
def buffers_skipped(model: nn.Module, checkpoint: Checkpoint) -> LoadReport:
    """Only parameters are loaded: the running mean and variance stay those of a fresh model."""
    before = {name: buffer.clone() for name, buffer in model.named_buffers()}
    report = load_backbone(model, checkpoint)
    with torch.no_grad():
        for name, buffer in model.named_buffers():
            buffer.copy_(before[name])
    report.loaded = [name for name in report.loaded if name not in before]
    return report


@misconception(asks="After `a = b`, how many tensors are there? And after training one of them?")
def aliased(model: nn.Module, checkpoint: Checkpoint) -> LoadReport:
    """The model's parameters become the checkpoint's own tensors, and training changes both."""
    report = load_backbone(model, checkpoint)
    theirs = _without_prefix(model, checkpoint)
    for name, parameter in model.named_parameters():
        if name in report.loaded:
            parameter.data = theirs[name]
    return report


@misconception(asks="Row 3 of the old head spoke for an old class. For which class does it speak in the new model?")
def head_cut_to_fit(model: nn.Module, checkpoint: Checkpoint) -> LoadReport:
    """Where the shapes differ, as much is copied as there is room for."""
    report = load_backbone(model, checkpoint)
    theirs, own = _without_prefix(model, checkpoint), model.state_dict()
    with torch.no_grad():
        for name in report.mismatched:
            part = tuple(slice(min(sizes)) for sizes in zip(own[name].shape, theirs[name].shape, strict=True))
            own[name][part] = theirs[name][part]
    return report


@misconception(asks="A layer that the checkpoint does not have stays random. Who will find out, and from what?")
def missing_swallowed(model: nn.Module, checkpoint: Checkpoint) -> LoadReport:
    """What the checkpoint lacks is passed over in silence."""
    report = load_backbone(model, checkpoint)
    return LoadReport(report.loaded, [], report.mismatched, report.unexpected)


@misconception(asks="Nothing fitted, and your function returned. What will whoever called it believe?")
def no_error_when_nothing_fits(model: nn.Module, checkpoint: Checkpoint) -> LoadReport:
    """A checkpoint of another model loads nothing, and looks like success."""
    try:
        return load_backbone(model, checkpoint)
    except ValueError:
        return LoadReport([], list(model.state_dict()), [], list(checkpoint))
