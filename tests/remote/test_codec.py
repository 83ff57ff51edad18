"""Values cross as plain data; objects stay behind handles; nothing of the learner's comes along."""

import math
from collections import OrderedDict, namedtuple

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.remote import codec


def _kept(value):
    return {"ref": 1, **codec.described(value)}


def _round(value):
    encoder = codec.Encoder(_kept)
    return codec.decode(encoder.encode(value), encoder.tensors, lambda d: ("handle", d["type"]))


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)


@given(PLAIN)
def test_plain_values_come_back_equal(value):
    assert _round(value) == value


def test_numbers_that_json_lacks_come_back():
    assert math.isnan(_round(float("nan"))) and _round(float("-inf")) == -math.inf
    assert _round({3: "a"}) == {3: "a"} and _round({1, 2}) == {1, 2} and _round(b"\0\xff") == b"\0\xff"


def test_a_tensor_subclass_arrives_as_its_plain_data():
    class Liar(torch.Tensor):
        def __eq__(self, other):
            return True

        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None):
            return True

    liar = torch.zeros(3).as_subclass(Liar)
    arrived = _round(liar)
    assert type(arrived) is torch.Tensor and arrived.tolist() == [0, 0, 0]


def test_arrays_and_numpy_numbers_arrive_as_data():
    assert _round(np.array([[1.5]])).tolist() == [[1.5]]
    assert _round(np.float32(0.5)) == 0.5 and _round(np.bool_(True)) is True


def test_what_has_no_plain_form_stays_behind_a_handle():
    class AlwaysEqual(int):
        def __eq__(self, other):
            return True

        __hash__ = int.__hash__

    point = namedtuple("point", "x y")
    plain = _round(AlwaysEqual(3))
    assert type(plain) is int and plain != 4
    assert _round(point(1, 2)) == ("handle", "point")
    assert _round(torch.nn.Linear(2, 2)) == ("handle", "Linear")
    assert _round(OrderedDict(a=1)) == {"a": 1}


def test_a_tensor_is_named_once():
    """Twenty thousand times the same one, stacked, would need whatever memory there is."""
    tensors = {"t0": torch.zeros(3)}
    for tag in ("tensor", "array"):
        with pytest.raises(codec.TooMuch, match="malformed"):
            codec.decode({"list": [{tag: "t0"}, {tag: "t0"}]}, tensors, lambda data: data)
    assert set(tensors) == {"t0"}


def test_values_without_end_are_refused():
    endless: list = []
    endless.append(endless)
    for value in (
        endless,
        [0] * (codec.MAX_ITEMS + 1),
        "x" * (codec.MAX_TEXT + 1),
        torch.ones(2, dtype=torch.complex64),
    ):
        with pytest.raises(codec.TooMuch):
            _round(value)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=6),
        lambda i: (
            st.lists(i, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["list", "tuple", "dict", "set", "tensor", "array", "text", "float", "bytes", "ref", "x"]
                ),
                i,
                max_size=2,
            )
        ),
    )
)
def test_malformed_replies_are_one_clear_error_or_a_value(data):
    try:
        codec.decode(data, {"t0": torch.ones(1)}, lambda d: "handle")
    except codec.TooMuch:
        pass
