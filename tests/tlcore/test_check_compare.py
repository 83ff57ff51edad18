"""Comparing what a learner's code gave: what is accepted, how a mismatch is said, what cannot fool it."""

from __future__ import annotations

import enum
import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from tlcore.check import Show
from tlcore.check.compare import compare


class AlwaysEqual:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __bool__(self):
        return True

    __hash__ = None  # type: ignore[assignment]


class EqualNumber(float):
    __eq__ = AlwaysEqual.__eq__
    __sub__ = __rsub__ = lambda self, other: 0.0
    __hash__ = float.__hash__


class EqualText(str):
    __eq__ = AlwaysEqual.__eq__
    __hash__ = str.__hash__


class EqualList(list):
    __eq__ = AlwaysEqual.__eq__
    __hash__ = None  # type: ignore[assignment]

    def __iter__(self):
        return iter([1, 2])

    def __len__(self):
        return 2


class EqualTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return torch.tensor([1.0, 2.0])


class DispatchTensor(torch.Tensor):
    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return torch.tensor([1.0, 2.0])


class Liar:
    @property
    def __class__(self):
        return list

    def __iter__(self):
        return iter([1.0, 2.0])

    def __getattr__(self, name):
        raise RuntimeError(name)


@pytest.mark.parametrize("expected", [1.0, True, "right", None, [1, 2], {"a": 1}, {1}, torch.tensor([1.0, 2.0])])
@pytest.mark.parametrize(
    "observed",
    [
        AlwaysEqual(),
        EqualNumber(7.0),
        EqualText("wrong"),
        EqualList([8]),
        torch.tensor([5.0, 5.0]).as_subclass(EqualTensor),
        torch.tensor([5.0, 5.0]).as_subclass(DispatchTensor),
        Liar(),
        np.array([AlwaysEqual(), AlwaysEqual()], dtype=object),
        [AlwaysEqual(), AlwaysEqual()],
        {"a": AlwaysEqual()},
        AlwaysEqual,
    ],
    ids=lambda value: type(value).__qualname__,
)
def test_objects_that_equal_everything_equal_nothing(observed, expected):
    assert not compare(observed, expected).holds
    show = Show()
    assert show.expect("label", observed, expected) is False
    if type(observed) not in (list, dict):
        assert show.that(observed, "label") is False


class Colour(enum.IntEnum):
    RED = 1


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        (torch.tensor([1.0, 2.0]), [1, 2]),
        (np.array([1, 2]), torch.tensor([1.0, 2.0])),
        (nn.Parameter(torch.ones(2)), torch.ones(2)),
        (torch.tensor([0.1]), [0.1]),
        (torch.tensor([0.1], dtype=torch.bfloat16), [0.1]),
        (torch.tensor(0.1), 0.1),
        (np.float32(0.5), 0.5),
        (torch.tensor(3), 3),
        (3.0, 3),
        (torch.tensor(True), True),
        (np.bool_(False), False),
        ((1, 2), [1, 2]),
        (torch.Size([2, 3]), (2, 3)),
        (float("nan"), float("nan")),
        (torch.tensor([float("nan"), float("inf")]), [float("nan"), float("inf")]),
        (frozenset({"a"}), {"a"}),
        ({"b": [1], "a": torch.ones(1)}, {"a": [1.0], "b": (1,)}),
        (Colour.RED, 1),
        (torch.float32, torch.float32),
        (torch.zeros(0), []),
        (None, None),
    ],
)
def test_what_means_the_same_is_accepted(observed, expected):
    found = compare(observed, expected)
    assert found.holds, found
    assert found.note == ""


@pytest.mark.parametrize(
    ("observed", "expected", "note"),
    [
        (None, torch.ones(2), "None where a tensor of shape (2,) is expected"),
        (torch.ones(2, 3), torch.ones(3, 2), "shape (2, 3) where (3, 2) is expected"),
        (torch.ones(3), torch.tensor(1.0), "shape (3,) where () (a single number) is expected"),
        ([1.0, 2.0], torch.ones(2), "a list of 2 where a tensor of shape (2,) is expected"),
        (torch.tensor([1.0, float("nan")]), [1.0, 2.0], "1 of 2 entries differ, 1 not a number (NaN)"),
        (torch.tensor([1.0, 2.5]), [1.0, 2.0], "1 of 2 entries differ, largest difference 0.5"),
        (float("nan"), 1.0, "not a number (NaN)"),
        (1, True, "a whole number where True or False is expected"),
        ("1", 1, "a string where a whole number is expected"),
        ([1, 2, 3], [1, 2], "3 entries where 2 are expected"),
        ({"a": 1, "c": 2}, {"a": 1, "b": 2}, "no 'b'; 'c' is not expected"),
        ({1, 2}, {2, 3}, "1 missing, 1 too many"),
        (torch.float16, torch.float32, "another object"),
        (torch.tensor([1, 2]), torch.tensor([True, False]), "entries are int64 where bool is expected"),
        (10**400, 1, ""),
    ],
)
def test_a_mismatch_is_said_in_words(observed, expected, note):
    found = compare(observed, expected)
    assert not found.holds
    assert note in found.note
    assert any(differs for _, differs in found.observed + found.expected)


def test_a_literal_list_is_shown_like_the_tensor_it_is_compared_with():
    found = compare({"w": torch.tensor([1.0, 2.5])}, {"w": [1, 2]})
    assert [t for t, differs in found.expected if differs] == ["2"]
    assert [t for t, differs in found.observed if differs] == ["2.5"]


def test_tolerance():
    assert compare(torch.tensor([1.0 + 1e-6]), [1.0], atol=1e-5).holds
    assert not compare(torch.tensor([1.0 + 1e-6]), [1.0]).holds
    assert compare(1.05, 1.0, atol=0.1).holds
    assert compare([3, 4], [3, 5], atol=1).holds


def test_large_tensors_are_shown_in_a_line_with_the_place_that_differs():
    observed = torch.zeros(50, 40)
    observed[49, 3] = 2.0
    found = compare(observed, torch.zeros(50, 40))
    text = "".join(t for t, _ in found.observed)
    assert text == "tensor (50, 40) [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, …]  at [49, 3]: 2.0"
    assert [t for t, differs in found.observed if differs] == ["2.0"]


def test_the_key_that_differs_is_shown_first_of_a_large_dict():
    expected = {f"layer.{i}": i for i in range(100)}
    found = compare({**expected, "layer.90": -1}, expected)
    assert [t for t, differs in found.observed if differs] == ["'layer.90': -1"]


def test_self_containing_and_huge_values_are_no_trap():
    loop: list = []
    loop.append(loop)
    assert not compare(loop, [1]).holds
    assert not compare([0] * 10**6, [1]).holds
    assert len("".join(t for t, _ in compare("x" * 10**6, "y").observed)) < 200


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(plain_values, plain_values)
def test_comparing_never_raises_and_a_value_equals_itself(a, b):
    assert compare(a, a).holds
    found = compare(a, b)
    assert found.holds == compare(b, a).holds
    assert isinstance(found.note, str)
    json.dumps([found.observed, found.expected])


def test_of_two_lists_of_names_only_those_that_one_lacks_are_marked():
    def marked(segments):
        return "".join(text for text, differs in segments if differs)

    found = compare(["a.weight", "a.bias", "fc.weight"], ["fc.weight", "fc.bias"])
    assert not found.holds
    assert marked(found.observed) == "'a.weight''a.bias'"
    assert marked(found.expected) == "'fc.bias'"
    assert found.note == "3 entries where 2 are expected"
    assert compare(["x"], ["x", "y"]).note == "1 entry where 2 are expected"
    assert not compare([], ["x"]).holds


def test_an_empty_set_is_no_empty_dict() -> None:
    found = compare(set(), {"lora"})
    assert "".join(text for text, _ in found.observed) == "set()"
