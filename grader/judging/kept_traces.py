"""Traces of the reference and of misconceptions, kept between runs: computing them takes seconds, reading them a tenth
of one. A file is a frame as in `grader.remote.wire`: JSON and safetensors, nothing that is unpickled.
"""

from __future__ import annotations

import platform
import struct
from typing import Any

import numpy as np
import torch

from grader import kept
from grader.judging.trace import Trace
from grader.remote import codec, wire
from grader.student.answers import LearnerError
from grader.student.expect import Observation
from grader.student.proxy import Remote

PLACE = "expected"
"""The folder of all kept traces. In it, one for each exercise, seed and state of the sources."""

MOST = 40
"""How many of these folders are kept: the newest. One takes 0.3 to 3 MiB."""


class Elsewhere:
    """What is kept of a `Remote`, which stayed where it was made: that there was one. It equals nothing."""

    def __init__(self, data: object) -> None:
        pass


_UNREADABLE = (ValueError, KeyError, TypeError, struct.error, wire.WireError)  # codec.TooMuch is a ValueError


class KeptTraces:
    """The kept traces of one exercise for one seed, as judged by the sources with the digest `judged_by`.

    What was computed with other sources, another version of torch or NumPy, or another kind of processor is not found.
    """

    def __init__(self, exercise: str, exercise_seed: str, judged_by: str) -> None:
        self._identity = [exercise, exercise_seed, judged_by, *_computed_with()]
        self._folder = f"{exercise}-{kept.name_of(*self._identity)}"
        self._written = False

    def get(self, question: str, label: str) -> list[Trace] | None:
        """The traces of a misconception by its label, or of the reference by ""; None where none are kept."""
        data = kept.read(PLACE, self._folder, self._file(question, label))
        if data is None:
            return None
        try:
            return _unpacked(data, [*self._identity, question, label])
        except _UNREADABLE:
            return None

    def put(self, question: str, label: str, traces: list[Trace]) -> None:
        """Keep traces, if all that was seen has a plain form."""
        data = _packed(traces, [*self._identity, question, label])
        if data is not None:
            kept.write(data, PLACE, self._folder, self._file(question, label))
            if not self._written:
                kept.tidy(MOST, PLACE)
            self._written = True

    def _file(self, question: str, label: str) -> str:
        return f"{question}-{kept.name_of(label)[:16]}"


def _computed_with() -> list[str]:
    """What may change the last digits of a result besides our own sources."""
    capability = torch.backends.cpu.get_cpu_capability()
    return [torch.__version__, np.__version__, platform.python_version(), platform.machine(), capability]


def _packed(traces: list[Trace], identity: list[str]) -> bytes | None:
    """A file's bytes; None where a value has no plain form, or would not come back as it is."""
    try:
        data = _frame(traces, identity)
        return data if _frame(_unpacked(data, identity), identity) == data else None
    except _UNREADABLE:
        return None


def _frame(traces: list[Trace], identity: list[str]) -> bytes:
    encoder = codec.Encoder(_handle)
    header = {"of": identity, "traces": [_to_json(trace, encoder) for trace in traces]}
    return wire.encode(header, encoder.tensors)


def _unpacked(data: bytes, identity: list[str]) -> list[Trace]:
    """The traces in a file. Raises what `_UNREADABLE` names, also for traces of something else."""
    text_length, _ = wire.LENGTHS.unpack_from(data)
    start = wire.LENGTHS.size
    header, tensors = wire.decode(data[start : start + text_length], data[start + text_length :])
    if header["of"] != identity:
        raise ValueError("these are traces of something else")
    return [_from_json(entry, tensors) for entry in header["traces"]]


def _to_json(trace: Trace, encoder: codec.Encoder) -> dict[str, Any]:
    seen = []
    for one in trace.observations:
        encoder.items = 0  # the cap is that of one value
        seen.append([one.label, encoder.encode(one.value), one.atol, one.rtol, one.property, one.holds])
    error = trace.error
    return {"seen": seen, "error": None if error is None else [error.kind, error.message, error.line]}


def _from_json(entry: dict[str, Any], tensors: dict[str, torch.Tensor]) -> Trace:
    """A trace as others are judged and recognised by it. It cannot be shown: `picture` and `shows` are not kept."""
    seen = []
    for label, encoded, atol, rtol, is_property, holds in entry["seen"]:
        value = codec.decode(encoded, tensors, Elsewhere)
        seen.append(Observation(label, value, atol, rtol, is_property, expected=value, holds=holds))
    return Trace(seen, None if entry["error"] is None else LearnerError(*entry["error"]))


def _handle(value: Any) -> dict[str, Any]:
    if isinstance(value, Remote | Elsewhere):
        return {"ref": 0}
    raise codec.TooMuch(f"a {type(value).__name__} has no plain form")
