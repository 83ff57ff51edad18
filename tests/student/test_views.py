"""Views: what a learner reads and sees of a value, and that no value of an answer's can break the verdict."""

from typing import Any

import numpy as np
import pytest
import torch

from grader.student.expect import Expect
from grader.student.tensors import as_tensor
from grader.student.views import View, as_counts, as_curves, as_matrix, moved_from, outputs_from
from tlcore.plots.validating import validate

BEFORE = {"backbone.0.weight": torch.zeros(2), "backbone.0.bias": torch.zeros(1), "head.weight": torch.zeros(2)}


def after(*moved: str) -> dict[str, torch.Tensor]:
    return {name: value + (name in moved) for name, value in BEFORE.items()}


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        ((), "none"),
        (("head.weight",), "head"),
        (("backbone.0.weight", "backbone.0.bias"), "backbone"),
        (("backbone.0.bias", "head.weight"), "backbone.0.bias, head"),
        (tuple(BEFORE), "backbone, head"),
    ],
)
def test_moved_from_names_what_moved_in_as_few_words_as_possible(moved: tuple[str, ...], said: str) -> None:
    says = moved_from(BEFORE).says
    assert says is not None and says(after(*moved)) == said


def test_moved_from_counts_where_names_are_endless() -> None:
    before = {f"{i}.{'x' * 1000}": torch.zeros(1) for i in range(200)}
    says = moved_from(before).says
    assert says is not None and says({name: value + 1 for name, value in before.items()}) == "200 of 200"


def test_moved_from_draws_how_far_each_moved() -> None:
    draws = moved_from(BEFORE).draws
    assert draws is not None
    picture = validate(draws(after(), after("head.weight")))
    assert picture["yours"]["moved"] == [0.0, 0.0, 0.0]
    assert picture["expected"]["moved"] == pytest.approx([0.0, 0.0, 2**0.5])


def test_as_counts_says_how_many_layers_of_each_name_and_draws_each() -> None:
    view = as_counts("What can learn", ["a.q", "b.q", "a.v"])
    assert view.says is not None and view.draws is not None
    assert view.says({"a.q": 24, "b.q": 24, "a.v": 0}) == "2 × q (24 numbers each)"
    assert view.says({"a.q": 0}) == "none"
    picture = validate(view.draws({"a.q": 24}, {"b.q": 12}))
    assert (picture["labels"], picture["yours"], picture["expected"]) == (["a.q", "b.q", "a.v"], [24, 0, 0], [0, 12, 0])


@pytest.mark.parametrize("kind", [lambda v: v, lambda v: v.numpy(), lambda v: v.tolist(), list])
def test_as_matrix_takes_arrays_and_lists_and_cuts_what_is_large(kind: Any) -> None:
    draws = as_matrix("Outputs", rows=2, columns=3).draws
    assert draws is not None
    picture = validate(draws(kind(torch.arange(20.0).view(4, 5)), torch.zeros(4, 5)))
    assert picture["yours"] == [[0.0, 1.0, 2.0], [5.0, 6.0, 7.0]]


def test_outputs_from_says_how_far_and_draws_the_matrix() -> None:
    view = outputs_from(torch.zeros(2, 2))
    assert view.says is not None and view.says(torch.full((2, 2), 0.25)) == "moved by 0.250"
    assert view.draws is not None and validate(view.draws(torch.ones(2, 2), torch.ones(2, 2)))["title"] == "Outputs"


def test_as_curves_draws_one_column() -> None:
    draws = as_curves("Loss", "val_loss", "epoch").draws
    assert draws is not None
    history = {"val_loss": [2.0, 1.0], "other": [0.0, 0.0]}
    assert validate(draws(history, history))["series"]["yours"] == [2.0, 1.0]


@pytest.mark.parametrize("value", ["text", b"bytes", None, [1, "2"], [[1], ["2"]], {"a": 1}, torch.nn.Linear(1, 1)])
def test_as_tensor_takes_nothing_else(value: Any) -> None:
    with pytest.raises(TypeError, match=f"a {type(value).__name__} where a tensor should be"):
        as_tensor(value)


def test_as_tensor_takes_numbers_arrays_and_tensors() -> None:
    for value in (torch.ones(2), np.ones(2), [1.0, 1.0], (1, 1), [torch.ones(()), torch.ones(())]):
        assert torch.equal(as_tensor(value).float(), torch.ones(2))


def test_an_observation_names_one_view_and_an_author_who_names_two_is_told() -> None:
    expect, view = Expect(), View(str)
    assert expect(1, "one", view=view)
    assert expect.observations[0].view is view
    with pytest.raises(TypeError, match=r"does not take shows; write view=View\(says, draws\)"):
        expect(1, "one", shows=str)
