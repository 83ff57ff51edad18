"""Wrong ideas about `replace_head`."""

from __future__ import annotations

import torch
from torch import nn

from tlcore.misconceptions.registry import misconception
from tlcore.reference.feature_extraction.freeze import freeze as sound_freeze
from tlcore.reference.feature_extraction.replace_head import replace_head as sound_replace_head


def _last_linear(model: nn.Module) -> tuple[nn.Module, str, nn.Linear]:
    """Where the last linear layer is: its parent, its name there, and itself."""
    if isinstance(getattr(model, "classifier", None), nn.Sequential):
        parent = model.get_submodule("classifier")
        name = [name for name, _ in parent.named_children()][-1]
    else:
        parent, name = model, "fc" if hasattr(model, "fc") else "head"
    old = parent.get_submodule(name)
    assert isinstance(old, nn.Linear)
    return parent, name, old


@misconception(
    asks="Print the model afterwards: is the new layer in it? And what `state_dict()` returns, is that the model?",
)
def written_into_the_state_dict(model: nn.Module, n_classes: int) -> nn.Module:
    """`state_dict()[...] = ...` changes a dictionary that is thrown away: seen from outside, nothing happened."""
    name = next(name for name, part in model.named_modules() if part is _last_linear(model)[2])
    state = model.state_dict()
    state[f"{name}.weight"] = torch.randn(n_classes, _last_linear(model)[2].in_features)
    state[f"{name}.bias"] = torch.zeros(n_classes)
    return model


@misconception(asks="Which numbers does a linear layer compute with: `out_features`, or its weight?")
def only_out_features(model: nn.Module, n_classes: int) -> nn.Module:
    """`out_features` is a note about the size of the weight, which stays what it was."""
    _last_linear(model)[2].out_features = n_classes
    return model


@misconception(asks="What does the new layer see: the features, or what the old head made of them?")
def stacked_on_the_old_logits(model: nn.Module, n_classes: int) -> nn.Module:
    """A new layer behind the old one: it sees logits of the old classes only."""
    return nn.Sequential(model, nn.Linear(_last_linear(model)[2].out_features, n_classes))


@misconception(asks="What else was in the Sequential that you replaced?")
def whole_classifier_replaced(model: nn.Module, n_classes: int) -> nn.Module:
    """The classifier's dropout goes with it."""
    parent, name, old = _last_linear(model)
    if parent is model:
        setattr(model, name, nn.Linear(old.in_features, n_classes))
    else:
        model.classifier = nn.Linear(old.in_features, n_classes)
    return model


@misconception(asks="Where does the model itself say how many features its last layer takes?")
def in_features_hard_coded(model: nn.Module, n_classes: int) -> nn.Module:
    """512 is right for one ResNet and for few other models (any other fixed number is named alike)."""
    parent, name, _ = _last_linear(model)
    setattr(parent, name, nn.Linear(512, n_classes))
    return model


@misconception(asks="In which order did you freeze and replace, and what was there to freeze each time?")
def frozen_after_the_swap(model: nn.Module, n_classes: int) -> nn.Module:
    """Replace first, then freeze everything that the model has: the new head too."""
    return sound_freeze(sound_replace_head(model, n_classes))


@misconception(asks="The old head was frozen. Should the new one be?")
def head_inherits_the_freeze(model: nn.Module, n_classes: int) -> nn.Module:
    """The new layer takes over `requires_grad` of the old one."""
    can_learn = _last_linear(model)[2].weight.requires_grad
    sound_replace_head(model, n_classes)
    _last_linear(model)[2].requires_grad_(can_learn)
    return model


@misconception(asks="What does a function give back that ends without `return`?")
def nothing_returned(model: nn.Module, n_classes: int) -> None:
    """The model has its new head, and who calls `model = replace_head(model, 4)` has None."""
    sound_replace_head(model, n_classes)


@misconception(asks="Which layer of a classifier with four layers is `classifier[1]`, and which is the last?")
def classifier_at_index_1(model: nn.Module, n_classes: int) -> nn.Module:
    """`classifier[1]` is the last layer of EfficientNet's classifier, and of few others."""
    if isinstance(getattr(model, "classifier", None), nn.Sequential):
        classifier = model.get_submodule("classifier")
        classifier[1] = nn.Linear(classifier[1].in_features, n_classes)  # type: ignore[index, operator]
        return model
    return sound_replace_head(model, n_classes)
