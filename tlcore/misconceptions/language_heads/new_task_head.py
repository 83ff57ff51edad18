"""Wrong ideas about `new_task_head`."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from torch import nn
from transformers import AutoModelForSequenceClassification

from tlcore.misconceptions.registry import misconception
from tlcore.reference.language_heads.new_task_head import new_task_head as sound


def _head(model: Any) -> tuple[str, Any]:
    name = "classifier" if hasattr(model, "classifier") else "score"
    return name, getattr(model, name)


@misconception(asks="Who besides the layer has to know how many classes there are?")
def only_the_layer(model: Any, labels: Sequence[str]) -> nn.Module:
    """The layer is exchanged, and the config still has the number and the names of before."""
    classifier: Any = sound(model, labels)
    classifier.config = copy.deepcopy(model.config)
    classifier.num_labels = model.config.num_labels
    return classifier


@misconception(asks="If only the config is changed, how many outputs does the layer have?")
def only_the_config(model: Any, labels: Sequence[str]) -> nn.Module:
    """A classifier as the old config says, whose config is then told the labels."""
    config = copy.deepcopy(model.config)
    classifier: Any = AutoModelForSequenceClassification.from_config(config).to(model.dtype)
    classifier.base_model.load_state_dict(model.base_model.state_dict(), strict=False)
    config.id2label = dict(enumerate(labels))
    config.label2id = {name: i for i, name in enumerate(labels)}
    classifier.config = config
    return classifier.eval()


@misconception(asks="What will the model call its classes?")
def names_left_out(model: Any, labels: Sequence[str]) -> nn.Module:
    """`num_labels` only: the classes are LABEL_0, LABEL_1 and so on."""
    return sound(model, [f"LABEL_{i}" for i in range(len(labels))])


@misconception(asks="Who asked for an order of the alphabet?")
def names_in_order_of_the_alphabet(model: Any, labels: Sequence[str]) -> nn.Module:
    """`sorted(set(labels))`: the ids are not those that the data have."""
    return sound(model, sorted(labels))


@misconception(asks="There are two maps. What does each of them say?")
def one_map_only(model: Any, labels: Sequence[str]) -> nn.Module:
    """`id2label` has the names, `label2id` still has LABEL_0 and so on."""
    classifier: Any = sound(model, labels)
    classifier.config.label2id = {f"LABEL_{i}": i for i in range(len(labels))}
    return classifier


@misconception(asks="Who else holds the config object that you changed?")
def config_is_shared(model: Any, labels: Sequence[str]) -> nn.Module:
    """The model's own config is changed."""
    classifier = sound(model, labels)
    for name in ("id2label", "label2id", "problem_type"):
        setattr(model.config, name, getattr(classifier.config, name))
    return classifier


@misconception(asks="How many outputs does a softmax over two classes need?")
def one_output_for_two_classes(model: Any, labels: Sequence[str]) -> nn.Module:
    """A single output if there are two classes: transformers takes that for regression."""
    if len(labels) > 2:
        return sound(model, labels)
    config = copy.deepcopy(model.config)
    config.num_labels, config.problem_type = 1, None
    classifier: Any = AutoModelForSequenceClassification.from_config(config).to(model.dtype)
    classifier.base_model.load_state_dict(model.base_model.state_dict(), strict=False)
    return classifier.eval()


@misconception(asks="Was the body loaded? Is one of its weights that of the model?")
def body_left_random(model: Any, labels: Sequence[str]) -> nn.Module:
    """`from_config` and no weights: everything is random."""
    classifier: Any = AutoModelForSequenceClassification.from_config(sound(model, labels).config)
    return classifier.to(model.dtype).eval()


@misconception(asks="Whose tensors does the body of the classifier consist of?")
def body_is_shared(model: Any, labels: Sequence[str]) -> nn.Module:
    """The parameters of the model are put into the classifier: when it learns, the model changes."""
    classifier: Any = sound(model, labels)
    theirs = dict(model.base_model.named_parameters())
    for name, _ in list(classifier.base_model.named_parameters()):
        if name in theirs:
            path, _, last = name.rpartition(".")
            setattr(classifier.base_model.get_submodule(path), last, theirs[name])
    return classifier


@misconception(asks="What can learn in the classifier if the model was frozen?")
def frozen_as_the_model(model: Any, labels: Sequence[str]) -> nn.Module:
    """What is frozen in the model is frozen in the classifier: the flags are copied with the body."""
    classifier: Any = sound(model, labels)
    flags = {name: p.requires_grad for name, p in model.base_model.named_parameters()}
    for name, p in classifier.base_model.named_parameters():
        p.requires_grad_(flags.get(name, True))
    return classifier


@misconception(asks="For which task was the head trained that is there already?")
def old_head_kept(model: Any, labels: Sequence[str]) -> nn.Module:
    """If there is a head with enough outputs, its first rows are kept."""
    classifier: Any = sound(model, labels)
    name, head = _head(classifier)
    old = getattr(model, name, None)
    if isinstance(old, nn.Linear) and old.weight.shape[0] >= len(labels):
        head.weight.data.copy_(old.weight.data[: len(labels)])
    return classifier


@misconception(asks="What does the config remember of the task before?")
def problem_type_of_before(model: Any, labels: Sequence[str]) -> nn.Module:
    """The problem type of the model's config stays: the loss may be that of another kind of task."""
    classifier: Any = sound(model, labels)
    classifier.config.problem_type = model.config.problem_type
    return classifier
