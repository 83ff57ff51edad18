"""The protocol's parser takes any bytes: a frame, or one clear error."""

import contextlib
import socket
import threading

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.remote import wire


def _deliver(data: bytes, timeout: float = 60.0):
    ours, theirs = socket.socketpair()
    with ours, theirs:

        def speak():
            with contextlib.suppress(OSError):
                theirs.sendall(data)
                theirs.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=speak)
        sender.start()
        try:
            return wire.receive(ours, timeout)
        finally:
            ours.close()
            sender.join()


def test_a_frame_arrives_as_it_was_sent():
    tensors = {"a": torch.arange(6.0).reshape(2, 3).T, "b": torch.tensor(3, dtype=torch.int64)}
    header, received = _deliver(wire.encode({"op": "call", "name": "é"}, tensors))
    assert header == {"op": "call", "name": "é"}
    assert torch.equal(received["a"], tensors["a"]) and received["b"].item() == 3


def test_an_empty_array_of_numpy_arrives():
    """Torch gives it the stride 0."""
    header, received = _deliver(wire.encode({}, {"a": torch.from_numpy(np.zeros((0, 3), dtype=np.int64))}))
    assert (header, received["a"].shape, received["a"].dtype) == ({}, (0, 3), torch.int64)


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_one_clear_error(data):
    with pytest.raises(wire.WireError):
        _deliver(data[:4] + data if len(data) < 12 else data)


@settings(max_examples=300)
@given(st.binary(max_size=80), st.binary(min_size=1, max_size=80))
def test_lengths_that_fit_around_arbitrary_contents_are_one_clear_error(text, blob):
    with pytest.raises(wire.WireError):
        _deliver(wire.LENGTHS.pack(len(text), len(blob)) + text + blob)


@settings(max_examples=200)
@given(st.data())
def test_a_true_frame_with_flipped_bytes_is_an_error_or_a_frame(data):
    frame = bytearray(wire.encode({"ok": {"list": [1, 2]}}, {"t0": torch.ones(3)}))
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    try:
        header, tensors = _deliver(bytes(frame))
    except wire.WireError:
        return
    assert isinstance(header, dict) and all(isinstance(t, torch.Tensor) for t in tensors.values())


@pytest.mark.parametrize("lengths", [(2**32 - 1, 0), (10, 2**63), (wire.MAX_JSON + 1, 0), (0, wire.MAX_TENSORS + 1)])
def test_a_message_over_the_caps_is_refused_before_it_is_read(lengths):
    with pytest.raises(wire.WireError, match="over the cap"):
        _deliver(wire.LENGTHS.pack(*lengths) + b"x" * 100)


def test_a_long_list_of_tensors_that_hold_nothing_is_refused_before_it_is_read():
    nothing = ",".join(f'"{i}":{{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}' for i in range(30_000))
    text = ("{" + nothing + "}").encode()
    with pytest.raises(wire.WireError, match="the list of tensors is over the cap"):
        wire.decode(b"{}", len(text).to_bytes(8, "little") + text)
    most = {f"{'layer' * 30}.{i}": torch.zeros(1) for i in range(wire.MAX_TENSOR_COUNT)}
    assert len(wire.decode(b"{}", wire._safetensors(most))[1]) == wire.MAX_TENSOR_COUNT


def test_deep_nesting_is_an_error_not_a_crash():
    text = b"[" * 200_000
    with pytest.raises(wire.WireError, match="not JSON"):
        _deliver(wire.LENGTHS.pack(len(text), 0) + text)


def test_a_peer_that_drips_bytes_is_given_up_at_the_deadline():
    ours, theirs = socket.socketpair()
    frame = wire.encode({"ok": None})
    stop = threading.Event()

    def drip():
        for byte in frame * 100:
            if stop.wait(0.05):
                return
            theirs.sendall(bytes([byte]))

    sender = threading.Thread(target=drip, daemon=True)
    sender.start()
    with pytest.raises(wire.Late):
        wire.receive(ours, 0.4)
    assert sender.is_alive(), "the bytes were waited for to the last"
    stop.set()
    sender.join()
    ours.close()
    theirs.close()


def test_a_closed_connection_says_so():
    with pytest.raises(wire.Closed):
        _deliver(b"\0\0")


@pytest.mark.parametrize("dtype", wire.DTYPES)
def test_every_kind_of_number_arrives_as_it_was(dtype):
    sent = {
        "matrix": torch.tensor([[0, 1], [1, 3]]).to(dtype),
        "number": torch.tensor(1).to(dtype),
        "nothing": torch.empty(0, 3, dtype=dtype),
        "strided": torch.arange(6).reshape(2, 3).T.to(dtype),
    }
    _, arrived = _deliver(wire.encode({}, sent))
    assert {name: (t.dtype, t.shape) for name, t in arrived.items()} == {n: (t.dtype, t.shape) for n, t in sent.items()}
    assert all(torch.equal(arrived[name], sent[name]) for name in sent)


def test_a_flat_empty_array_of_numpy_arrives():
    """Its stride is 0, which torch's own empty tensors do not have."""
    empty = torch.from_numpy(np.arange(5)[:0])
    _, arrived = _deliver(wire.encode({}, {"none": empty}))
    assert arrived["none"].shape == (0,)
    assert arrived["none"].dtype == torch.int64
