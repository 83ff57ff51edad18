"""The zoo: every kind is what hidden tests are told of it, in both precisions, the same for everybody."""

import copy
import io
from typing import Any

import pytest
import torch
from torch import nn

from grader.remote.tools import TOOLS
from grader.student.answers import LearnerError, TrustedAnswers
from grader.student.given import Given
from grader.student.proxy import Student
from grader.student.zoo import KINDS
from tlcore.models import blocks_of, head_of

by_kind = pytest.mark.parametrize("kind", KINDS)


def path_of(model: nn.Module, part: nn.Module) -> str:
    return next(name for name, module in model.named_modules() if module is part)


def looked_at(model: nn.Module) -> dict[str, Any]:
    blocks = blocks_of(model)
    return {"head": path_of(model, head_of(model)), "lowest": path_of(model, blocks[0]), "blocks": len(blocks)}


def given_of(seed: int, **names: Any) -> Given:
    return Given(Student(TrustedAnswers(names), seed), seed)


@by_kind
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_it_answers_with_logits_learns_and_is_as_its_config_says(kind: str, dtype: str) -> None:
    given = given_of(1, looked_at=looked_at)
    model = given.model(kind, dtype)
    x, config = given.inputs(model, 3), model.config
    before, outputs = model.tensors(), model.outputs(x)
    assert outputs.shape == (3, config.n_classes)
    assert outputs.dtype == getattr(torch, dtype)
    assert torch.equal(model.outputs(x, training=True).isnan(), torch.zeros_like(outputs, dtype=torch.bool))
    model.train(x, given.labels(3, config.n_classes), steps=1, lr=0.1)
    for path in (config.head, config.lowest):
        names = [name for name in before if name.startswith(path + ".")]
        assert any(not torch.equal(model.tensors()[name], before[name]) for name in names)
    facts = given._student.looked_at(model)
    assert facts == {"head": config.head, "lowest": config.lowest, "blocks": config.blocks}


@by_kind
def test_one_seed_gives_one_model_and_another_seed_another(kind: str) -> None:
    outputs = []
    for seed in (1, 1, 2):
        given = given_of(seed)
        model = given.model(kind, n_classes=4)
        outputs.append(model.outputs(given.inputs(model, 2)))
    assert torch.equal(outputs[0], outputs[1])
    assert not torch.equal(outputs[0], outputs[2])


@by_kind
def test_a_copy_and_what_was_saved_answer_the_same(kind: str) -> None:
    sizes = KINDS[kind].sizes(given_of(3))
    model = TOOLS["model"](kind, 4, **sizes)
    shape = KINDS[kind].takes(sizes)
    x = torch.randint(0, 9, (2, *shape)) if "vocab_size" in sizes else torch.randn(2, *shape)
    file = io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    with torch.no_grad():
        for other in (copy.deepcopy(model), torch.load(file, weights_only=False)):
            assert torch.equal(other(x), model(x))


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(KeyError, match="dog"):
        given_of(1).model("dog")
    with pytest.raises(LearnerError, match="dog"):
        given_of(1)._student.tools.model("dog", 3)


def test_what_the_page_for_authors_shows_tells_right_from_wrong() -> None:
    """The loop of docs/author.md, asked of a right answer and of one that does nothing."""
    moved = {}
    for who, answer in (("right", lambda part: part.requires_grad_(False)), ("wrong", lambda part: part)):
        for kind, dtype in (("vit", "float32"), ("resnet", "float32"), ("net", "float64")):
            given = given_of(5, freeze=answer)
            student = given._student
            model = given.model(kind, dtype)
            x, y = given.inputs(model, 9), given.labels(9, model.config.n_classes)
            before = model.tensors()
            student.freeze(model.part(model.config.lowest))
            model.train(x, y, lr=0.05)
            now = model.tensors()
            parameters = [n for n in before if n.startswith(model.config.lowest) and "running" not in n]
            moved[who, kind] = any(not torch.equal(now[n], before[n]) for n in parameters if n.endswith("weight"))
    assert moved == {(who, kind): who == "wrong" for who in ("right", "wrong") for kind in ("vit", "resnet", "net")}
