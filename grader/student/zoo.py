"""The zoo as a hidden test knows it: which kinds of models there are, where their head is, and what they take.

    for kind in ("net", "vit"):
        model = given.model(kind, dtype="float64")
        x, y = given.inputs(model, 12), given.labels(12, model.config.n_classes)

Sizes are drawn here, never asked of the other side. The models themselves are built in `grader/remote/tools/zoo.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from grader.student.given import Given
    from grader.student.proxy import Model


@dataclass(frozen=True)
class Kind:
    """One kind of model."""

    words: str
    """What it is, as a learner reads it in the label of an observation."""
    head: str
    """The path of its head."""
    lowest: str
    """The path of its lowest block, the one that sees the input."""
    blocks: int
    """How many blocks its backbone has, counted as `tlcore.models.blocks_of` does."""
    sizes: Callable[[Given], dict[str, Any]]
    """Draws the sizes that it is built with."""
    takes: Callable[[dict[str, Any]], tuple[int, ...]]
    """The shape of one input for these sizes; `vocab_size` among them means word ids."""


def _of_net(given: Given) -> dict[str, Any]:
    widths = [given.choice([4, 6, 8]), given.choice([8, 10])]
    return {"widths": widths, "in_channels": given.choice([1, 2, 3]), "layout": "fc"}


def _of_resnet(given: Given) -> dict[str, Any]:
    return {"widths": [given.choice([4, 6]), given.choice([8, 10])], "in_channels": given.choice([1, 2, 3])}


def _of_vit(given: Given) -> dict[str, Any]:
    return {"in_channels": given.choice([1, 2, 3]), "width": given.choice([8, 12, 16])}


def _of_bert(given: Given) -> dict[str, Any]:
    return {"vocab_size": given.integer(15, 25), "max_position_embeddings": 8, "hidden_size": given.choice([8, 12])}


def _pictures(side: int) -> Callable[[dict[str, Any]], tuple[int, ...]]:
    return lambda sizes: (sizes["in_channels"], side, side)


KINDS = {
    "net": Kind("a TinyNet", "fc", "backbone.0", 2, _of_net, _pictures(8)),
    "resnet": Kind("transformers' ResNet", "classifier", "resnet.embedder", 3, _of_resnet, _pictures(16)),
    "vit": Kind("transformers' ViT", "classifier", "vit.embeddings", 3, _of_vit, _pictures(8)),
    "bert": Kind("transformers' BERT", "classifier", "bert.embeddings", 3, _of_bert, lambda sizes: (6,)),
}


def model(given: Given, tools: Any, kind: str, dtype: str, **sizes: Any) -> Model:
    """A model of this kind that was trained for two steps, so that its statistics are not the initial ones.

    `config` of it has `kind`, `words`, `head`, `lowest`, `blocks`, `n_classes`, `dtype` and the sizes. Raises KeyError
    for an unknown kind.
    """
    one = KINDS[kind]
    n_classes = sizes.pop("n_classes", None) or given.integer(4, 7)
    sizes = {**one.sizes(given), **sizes}
    made = tools.model(kind, n_classes, dtype, **sizes)
    words = one.words + (" in double precision" if dtype == "float64" else "")
    known = {"kind": kind, "words": words, "head": one.head, "lowest": one.lowest, "blocks": one.blocks}
    made.config = SimpleNamespace(**known, n_classes=n_classes, dtype=dtype, **sizes)
    made.train(inputs(given, made, 12), given.labels(12, n_classes), steps=2, lr=0.05)
    made.mode(False)
    return made


def inputs(given: Given, made: Model, count: int) -> torch.Tensor:
    """A batch (count, …) that fits the model: pictures in its precision, or word ids."""
    config = vars(made.config)
    shape = KINDS[config["kind"]].takes(config)
    if "vocab_size" in config:
        return torch.randint(0, config["vocab_size"], (count, *shape), generator=given.generator)
    return given.tensor(count, *shape, dtype=getattr(torch, config["dtype"]))
