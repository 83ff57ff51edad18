"""Wrong ideas about feature extraction; those about `prepare` are in a module of their own."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from tlcore.misconceptions import feature_extraction_preparing
from tlcore.misconceptions.registry import Misconception, misconception
from tlcore.reference import feature_extraction as sound

# freeze


@misconception(
    "freeze",
    asks="What does the optimizer hold: the module, or its parameters? Print `requires_grad` of one: what is it now?",
)
def flag_on_the_module(module: nn.Module) -> nn.Module:
    """An attribute that nobody reads (`required_grad` on a parameter, a typo, does as little; so does `eval()`)."""
    module.requires_grad = False  # type: ignore[assignment]
    return module


@misconception("freeze", asks="Layers sit inside layers. How would you reach the parameters of the innermost ones?")
def direct_children_only(module: nn.Module) -> nn.Module:
    """Only the parameters that the module itself and its direct children own."""
    for child in [module, *module.children()]:
        for parameter in child.parameters(recurse=False):
            parameter.requires_grad_(False)
    return module


@misconception("freeze", asks="Print the names of all parameters. Do all of them end the same way?")
def only_weights(module: nn.Module) -> nn.Module:
    """Biases, and parameters with a name of their own, keep learning."""
    for name, parameter in module.named_parameters():
        if name.endswith("weight"):
            parameter.requires_grad_(False)
    return module


@misconception("freeze", asks="Who else may hold the parameter that you put another one in place of?")
def fresh_parameters(module: nn.Module) -> nn.Module:
    """New frozen Parameters with the old values: whoever shared the old one (tied weights) still trains it."""
    for part in module.modules():
        for name, parameter in list(part.named_parameters(recurse=False)):
            setattr(part, name, nn.Parameter(parameter.detach().clone(), requires_grad=False))
    return module


@misconception("freeze", asks="What does an optimizer with weight decay do to a parameter whose gradient is zero?")
def gradients_set_to_zero(module: nn.Module) -> nn.Module:
    """A gradient of zeros is still a gradient: weight decay and momentum move the parameter."""
    for parameter in module.parameters():
        parameter.register_hook(torch.zeros_like)
    return module


@misconception(
    "freeze", asks="What lies before the frozen part, or is put into it later: can its gradient still arrive?"
)
def no_gradient_through_the_module(module: nn.Module) -> nn.Module:
    """`no_grad` around the forward pass freezes what lies before the part too, and a new head inside it."""
    forward = module.forward

    def without_gradients(*args: Tensor, **kwargs: Tensor) -> Tensor:
        with torch.no_grad():
            return forward(*args, **kwargs)

    module.forward = without_gradients
    return module


# replace_head


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
    "replace_head",
    asks="Print the model afterwards: is the new layer in it? And what `state_dict()` returns, is that the model?",
)
def written_into_the_state_dict(model: nn.Module, n_classes: int) -> nn.Module:
    """`state_dict()[...] = ...` changes a dictionary that is thrown away: seen from outside, nothing happened."""
    name = next(name for name, part in model.named_modules() if part is _last_linear(model)[2])
    state = model.state_dict()
    state[f"{name}.weight"] = torch.randn(n_classes, _last_linear(model)[2].in_features)
    state[f"{name}.bias"] = torch.zeros(n_classes)
    return model


@misconception("replace_head", asks="Which numbers does a linear layer compute with: `out_features`, or its weight?")
def only_out_features(model: nn.Module, n_classes: int) -> nn.Module:
    """`out_features` is a note about the size of the weight, which stays what it was."""
    _last_linear(model)[2].out_features = n_classes
    return model


@misconception("replace_head", asks="What does the new layer see: the features, or what the old head made of them?")
def stacked_on_the_old_logits(model: nn.Module, n_classes: int) -> nn.Module:
    """A new layer behind the old one: it sees logits of the old classes only."""
    return nn.Sequential(model, nn.Linear(_last_linear(model)[2].out_features, n_classes))


@misconception("replace_head", asks="What else was in the Sequential that you replaced?")
def whole_classifier_replaced(model: nn.Module, n_classes: int) -> nn.Module:
    """The classifier's dropout goes with it."""
    parent, name, old = _last_linear(model)
    if parent is model:
        setattr(model, name, nn.Linear(old.in_features, n_classes))
    else:
        model.classifier = nn.Linear(old.in_features, n_classes)
    return model


@misconception("replace_head", asks="Where does the model itself say how many features its last layer takes?")
def in_features_hard_coded(model: nn.Module, n_classes: int) -> nn.Module:
    """512 is right for one ResNet and for few other models (any other fixed number is named alike)."""
    parent, name, _ = _last_linear(model)
    setattr(parent, name, nn.Linear(512, n_classes))
    return model


@misconception(
    "replace_head", asks="In which order did you freeze and replace, and what was there to freeze each time?"
)
def frozen_after_the_swap(model: nn.Module, n_classes: int) -> nn.Module:
    """Replace first, then freeze everything that the model has: the new head too."""
    return sound.freeze(sound.replace_head(model, n_classes))


@misconception("replace_head", asks="The old head was frozen. Should the new one be?")
def head_inherits_the_freeze(model: nn.Module, n_classes: int) -> nn.Module:
    """The new layer takes over `requires_grad` of the old one."""
    can_learn = _last_linear(model)[2].weight.requires_grad
    sound.replace_head(model, n_classes)
    _last_linear(model)[2].requires_grad_(can_learn)
    return model


# frozen_backbone


class _Composed(nn.Module):
    """Just `head(backbone(x))`."""

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.backbone, self.head = backbone, head

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.backbone(x))

    def norms(self) -> list[nn.BatchNorm2d]:
        return [m for m in self.backbone.modules() if isinstance(m, nn.BatchNorm2d)]


def _frozen_backbone(asks: str):
    return misconception("frozen_backbone", asks=asks, replaces="FrozenBackbone")


@_frozen_backbone("Running mean and variance are not parameters. What moves them?")
class parameters_frozen_buffers_not(_Composed):
    """Frozen parameters alone: batch norm goes on normalising with the batch and moving its statistics."""


@_frozen_backbone("Who calls `train()` at the start of each epoch, and what does it undo?")
class one_eval_before_the_loop(_Composed):
    """`backbone.eval()` once, undone by the loop's next `model.train()`."""

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        super().__init__(backbone, head)
        self.backbone.eval()


@_frozen_backbone("Which of the two parts has to stay in eval mode, and what should the other's dropout do?")
class everything_in_eval_mode(_Composed):
    """The head never gets into train mode either: its dropout is off."""

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        super().__init__(backbone, head)
        self.train()

    def train(self, mode: bool = True) -> everything_in_eval_mode:
        super().train(False)
        return self


@_frozen_backbone("The statistics stand still. But with which ones does the layer normalise in train mode?")
class momentum_zero(_Composed):
    """The running statistics no longer move, but train mode still normalises with the batch's own."""

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        super().__init__(backbone, head)
        for norm in self.norms():
            norm.momentum = 0.0


@_frozen_backbone("Without running statistics, with what does the layer normalise?")
class statistics_not_tracked(_Composed):
    """`track_running_stats = False` makes the layer use the batch's statistics in train mode."""

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        super().__init__(backbone, head)
        for norm in self.norms():
            norm.track_running_stats = False


@_frozen_backbone("Does another layer in its place compute what the backbone was pretrained with?")
class another_norm_in_its_place(_Composed):
    """GroupNorm does not depend on the batch, and is not what the backbone was pretrained with."""

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        super().__init__(backbone, head)
        for parent in list(self.backbone.modules()):
            for name, norm in list(parent.named_children()):
                if isinstance(norm, nn.BatchNorm2d):
                    new = nn.GroupNorm(1, norm.num_features)
                    new.weight, new.bias = norm.weight, norm.bias
                    setattr(parent, name, new)


# extract_features

Loader = Iterable[tuple[Tensor, Tensor]]


def _features(model: nn.Module, loader: Loader) -> tuple[list[Tensor], list[Tensor]]:
    pairs = [(model.features(x), y) for x, y in loader]  # type: ignore[operator]
    return [f for f, _ in pairs], [y for _, y in pairs]


@misconception("extract_features", asks="In which mode was the model while you asked it?")
@torch.no_grad()
def in_train_mode(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """The mode that it came in: a picture's features depend on its batch, and the statistics move."""
    features, labels = _features(model, loader)
    return torch.cat(features), torch.cat(labels)


@misconception("extract_features", asks="In which mode does the caller get the model back?")
@torch.no_grad()
def left_in_eval_mode(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """The training that follows runs without dropout, and nobody notices."""
    features, labels = _features(model.eval(), loader)
    return torch.cat(features), torch.cat(labels)


@misconception("extract_features", asks="Does a shuffled loader give the same order twice?")
def labels_from_a_second_pass(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """Features of one pass beside labels of another."""
    features, _ = sound.extract_features(model, loader)
    return features, torch.cat([y for _, y in loader])


@misconception("extract_features", asks="How many pictures are in the last batch?")
def ragged_batch_dropped(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """Only full batches."""
    full = [batch for batch in loader if len(batch[0]) == loader.batch_size]  # type: ignore[attr-defined]
    return sound.extract_features(model, full)


@misconception(
    "extract_features", asks="How many numbers should there be for a picture, and what comes out of the head?"
)
@torch.no_grad()
def logits_instead(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """What the head says of the old classes, instead of what it sees."""
    was_training = model.training
    model.eval()
    pairs = [(model(x), y) for x, y in loader]
    model.train(was_training)
    return torch.cat([f for f, _ in pairs]), torch.cat([y for _, y in pairs])


@misconception("extract_features", asks="What does a tensor keep alive that still has a `grad_fn`?")
def graph_kept(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """Every feature drags along what its gradient would need: memory grows with every batch."""
    was_training = model.training
    features, labels = _features(model.eval(), loader)
    model.train(was_training)
    return torch.cat(features), torch.cat(labels)


@misconception("extract_features", asks="Would you get the same features if you called it twice?")
def augmented(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """Pictures are mirrored at random on the way."""
    mirrored = [(x.flip(-1) if torch.rand(()) < 0.5 else x, y) for x, y in loader]
    return sound.extract_features(model, mirrored)


REGISTERED: list[Misconception]
REGISTERED += feature_extraction_preparing.REGISTERED  # noqa: F821  (`misconception` makes the list)
