"""Python values as tagged JSON and tensors, and back. What has no plain form becomes a handle: a number for an object
that stays where it is."""

from __future__ import annotations

import base64
import math
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

MAX_DEPTH = 16
MAX_ITEMS = 20_000
MAX_TEXT = 200_000
MAX_KEYS = 4_096
"""Members of one set or dict: numbers can be chosen that share one hash, and building it takes their square."""


class TooMuch(ValueError):
    """A value is too deep, too long or of a kind that does not cross."""


class Encoder:
    """Turns one value into JSON plus `tensors`; `keep` gives the handle of an object that has no plain form."""

    def __init__(self, keep: Callable[[Any], dict[str, Any]]):
        self.keep = keep
        self.tensors: dict[str, torch.Tensor] = {}
        self.items = 0

    def encode(self, value: Any, depth: int = 0) -> Any:
        """Tagged JSON of `value`. Raises TooMuch over the caps."""
        self.items += 1
        if depth > MAX_DEPTH or self.items > MAX_ITEMS:
            raise TooMuch("the value is too deep or has too many items")
        value = _plain(value)
        kind = type(value)
        if kind.__module__.partition(".")[0] == "pandas" and hasattr(value, "__array__"):  # a column, an index
            value = np.asarray(value)
        if value is None or kind is bool:
            return value
        if kind is int:
            return value if abs(value) < 2**63 else {"text": f"an integer of {value.bit_length()} bits"}
        if kind is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        if kind is str:
            if len(value) > MAX_TEXT:
                raise TooMuch(f"a text of {len(value)} characters")
            return {"text": value}
        if kind is bytes:
            return {"bytes": base64.b64encode(value).decode()}
        if isinstance(value, torch.Tensor):
            return self._tensor("tensor", value)
        if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
            return self._tensor("array", torch.from_numpy(np.array(value, subok=False, copy=True)))
        if isinstance(value, np.ndarray) and value.dtype.kind in "USO" and value.size <= MAX_ITEMS:
            return self.encode(np.array(value, subok=False).tolist(), depth)
        if isinstance(value, np.generic) and value.dtype.kind in "fiubUS":
            return self.encode(value.item(), depth)
        if kind in (list, tuple, set, frozenset):
            tag = "list" if kind is list else "tuple" if kind is tuple else "set"
            members = sorted(value, key=repr) if tag == "set" else list(value)
            return {tag: [self.encode(v, depth + 1) for v in members]}
        if isinstance(value, dict):
            return {"dict": [[self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in dict.items(value)]}
        if isinstance(value, torch.Size):
            return {"tuple": [int(v) for v in value]}
        if isinstance(value, tuple):
            # A NamedTuple is a tuple, and an object whose fields may be asked for.
            return {**self.keep(value), "members": [self.encode(v, depth + 1) for v in tuple.__iter__(value)]}
        return self.keep(value)

    def _tensor(self, tag: str, value: torch.Tensor) -> dict[str, Any]:
        # A subclass could lie about its data; a plain view of the same storage cannot.
        with torch._C.DisableTorchFunctionSubclass():
            plain = value.detach().as_subclass(torch.Tensor)
        if plain.layout is not torch.strided or plain.is_complex() or plain.is_quantized or plain.device.type != "cpu":
            raise TooMuch(f"a tensor of layout {plain.layout}, dtype {plain.dtype} on {plain.device}")
        name = f"t{len(self.tensors)}"
        self.tensors[name] = plain
        return {tag: name}


def decode(data: Any, tensors: dict[str, torch.Tensor], handle: Callable[[dict[str, Any]], Any]) -> Any:
    """The value of tagged JSON. `handle` resolves {"ref": n, ...}. Raises TooMuch for what is not well-formed."""
    return _Decoder(tensors, handle).decode(data, 0)


class _Decoder:
    """Takes one value apart, however it was made: depth, number of items, size of integers and of sets are capped."""

    def __init__(self, tensors: dict[str, torch.Tensor], handle: Callable[[dict[str, Any]], Any]):
        self.tensors, self.handle = dict(tensors), handle
        self.items = 0

    def decode(self, data: Any, depth: int) -> Any:
        self.items += 1
        if depth > MAX_DEPTH + 2 or self.items > 2 * MAX_ITEMS:
            raise TooMuch("the value is too deep or has too many items")
        if data is None or isinstance(data, (bool, float)):
            return data
        if isinstance(data, int):
            if abs(data) >= 2**63:
                raise TooMuch("an integer of more than 64 bits")
            return data
        if not isinstance(data, dict):
            raise TooMuch("not a tagged value")
        if "ref" in data and "members" in data:
            return self.handle({**data, "members": self.decode({"tuple": data["members"]}, depth)})
        if "ref" in data:
            return self.handle(data)
        if len(data) != 1:
            raise TooMuch("not a tagged value")
        ((tag, content),) = data.items()
        try:
            return self._tagged(tag, content, depth)
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            if isinstance(error, TooMuch):
                raise
            raise TooMuch(f"a malformed {tag[:20]} value: {type(error).__name__}") from None

    def _tagged(self, tag: str, content: Any, depth: int) -> Any:
        if tag == "text":
            if not isinstance(content, str) or len(content) > MAX_TEXT:
                raise TooMuch("a text that is too long, or none")
            return content
        if tag == "float":
            return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[content]
        if tag == "bytes":
            return base64.b64decode(content, validate=True)
        if tag == "tensor":
            return self.tensors.pop(content)  # once: named again and again, a small one would fill any memory
        if tag == "array":
            return self.tensors.pop(content).numpy()
        if tag in ("list", "tuple"):
            members = [self.decode(v, depth + 1) for v in content]
            return members if tag == "list" else tuple(members)
        if tag in ("set", "dict"):
            if len(content) > MAX_KEYS:
                raise TooMuch(f"a {tag} of {len(content)} members")
            if tag == "set":
                return {self.decode(v, depth + 1) for v in content}
            return {self.decode(k, depth + 1): self.decode(v, depth + 1) for k, v in content}
        raise TooMuch(f"an unknown kind of value: {tag[:20]}")


def _plain(value: Any) -> Any:
    """What is as good as a plain value, as one: texts and numbers of other libraries, enum members, ranges, views."""
    if isinstance(value, _AS_PLAIN):
        for kind, plain in _PLAIN:
            if isinstance(value, kind):
                return value if type(value) in (kind, bool) else plain(value)
    return value


_PLAIN: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    # The methods of the kind itself: a subclass may have its own, which do something else.
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
    (list, lambda value: list(list.__iter__(value))),
    ((range, deque, type({}.keys()), type({}.values())), list),
)
_AS_PLAIN: tuple[type, ...] = (str, int, float, list, range, deque, type({}.keys()), type({}.values()))


def described(value: Any) -> dict[str, Any]:
    """What a handle tells of its object: a type's name, whether it is a module. Never trusted, only shown."""
    return {"type": type(value).__name__[:80], "module": isinstance(value, nn.Module)}
