"""What counts as equal, and how values are said."""

import math

import numpy as np
import pytest
import torch

from grader.student.compare import in_words, same


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        (torch.ones(2, 3), torch.ones(2, 3)),
        (torch.ones(2).double(), torch.ones(2)),
        (np.ones(2), torch.ones(2)),
        (torch.tensor(3.0), 3.0),
        ([1, (2, 3)], [1, [2, 3]]),
        ({"a": torch.ones(1)}, {"a": torch.ones(1)}),
        (math.nan, math.nan),
        (True, 1),
        (2, 2.0),
        ({"x", "y"}, {"y", "x"}),
        (None, None),
        ("a", "a"),
    ],
)
def test_equal(observed, expected):
    assert same(observed, expected)


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        (torch.ones(3), torch.ones(1, 3)),
        (torch.ones(1), torch.ones(3)),
        (torch.full((2,), math.nan), torch.ones(2)),
        (torch.ones(2), torch.full((2,), math.nan)),
        (None, torch.ones(2)),
        ("1", 1),
        ([1, 2], [1, 2, 3]),
        ({"a": 1}, {"a": 1, "b": 2}),
        (math.nan, 1.0),
        (1.001, 1.0),
        (True, 1.5),
        ([1.0], torch.ones(1)),
    ],
)
def test_not_equal(observed, expected):
    assert not same(observed, expected, atol=1e-4)


def test_tolerance_is_absolute_plus_relative():
    assert same(100.1, 100.0, rtol=2e-3) and not same(100.3, 100.0, rtol=2e-3)
    assert same(torch.tensor([0.0, 100.1]), torch.tensor([1e-6, 100.0]), atol=1e-5, rtol=2e-3)


def test_values_are_said_short():
    assert in_words(torch.arange(12.0).reshape(3, 4)) == "0, 1, 2, 3, … (shape 3 × 4)"
    assert in_words({"b", "a"}) == "[a, b]"
    assert in_words(0.123456) == "0.1235"
    assert in_words(False) == "no"
    assert len(in_words("x" * 1000)) == 160
