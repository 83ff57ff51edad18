"""From whatever a learner's function returned to plain data of exact built-in types, without running learner code.

An object with its own `__eq__`, a tensor subclass with its own `__torch_function__` or a list with its own iteration
could call everything equal. So nothing here calls a method of the value itself, only those of the built-in types.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

MOST_ENTRIES = 10_000  # of a container, nested ones included
_DEEPEST = 8


@dataclass(frozen=True)
class Array:
    """A tensor or array: `values` is a numpy array of exact type (bool, integer, float or complex); `what` its type."""

    values: Any
    what: str
    dtype: str


@dataclass(frozen=True)
class Other:
    """An object that is no plain data, or too large or deep to look through. `what` names its type."""

    what: str
    value: Any = None


class _Budget:
    def __init__(self) -> None:
        self.left = MOST_ENTRIES


def plain(value: Any) -> Any:
    """Return `value` as None, bool, int, float, complex, str, bytes, Array, list, tuple, dict, set or `Other`.

    Containers hold the same. Dict keys and members of sets that are no plain scalars become `Other`. Never raises.
    """
    try:
        return _plain(value, _DEEPEST, _Budget())
    except Exception:
        return Other(type_name(value))


def type_name(value: Any) -> str:
    """The name of the type of `value`, cut to 60 characters, whatever its metaclass does."""
    return str.__str__(type.__dict__["__name__"].__get__(type(value)))[:60]


def _plain(value: Any, depth: int, budget: _Budget) -> Any:
    kind = type(value)
    if value is None or kind in (bool, int, float, complex, str, bytes):
        return value
    # Subclasses (enums, numpy.float64): the value itself, read by the base's operator and not by their own.
    if issubclass(kind, int):
        return int.__pos__(value)
    if issubclass(kind, float):
        return float.__pos__(value)
    if issubclass(kind, str):
        return str.__str__(value)
    budget.left -= 1
    if depth == 0 or budget.left < 0:
        return Other(type_name(value))
    for base in (list, tuple, dict, set, frozenset):
        if issubclass(kind, base):
            return _container(base, value, depth, budget)
    array = _array(value)
    return Other(type_name(value), value) if array is None else array


def _container(base: Any, value: Any, depth: int, budget: _Budget) -> Any:
    size = base.__len__(value)
    if size > budget.left:
        return Other(f"{type_name(value)} of {size} entries")
    budget.left -= size
    if base is dict:
        return {_key(k): _plain(v, depth - 1, budget) for k, v in dict.items(value)}
    if base in (set, frozenset):
        return {_key(item) for item in base.__iter__(value)}
    return base([_plain(item, depth - 1, budget) for item in base.__iter__(value)])


def _key(key: Any) -> Any:
    if type(key) in (str, int, float, bool, bytes, type(None)):
        return key
    if type(key) is tuple and all(type(k) in (str, int, float, bool, bytes, type(None)) for k in key):
        return key
    if issubclass(type(key), str):
        return str.__str__(key)
    return f"<{type_name(key)}>"


def _array(value: Any) -> Array | None:
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None  # neither torch tensors nor arrays exist without it here
    if issubclass(type(value), numpy.ndarray):
        exact = numpy.ndarray.view(value, numpy.ndarray)
        return _numeric(exact, "array", str(exact.dtype))
    if issubclass(type(value), numpy.generic):
        return _numeric(numpy.asarray(value), "array", str(value.dtype))
    torch = sys.modules.get("torch")
    if torch is None or not issubclass(type(value), torch.Tensor):
        return None
    own = [t for t in type.mro(type(value)) if "__torch_dispatch__" in vars(t)]
    if own and own[0] is not torch.Tensor and not own[0].__module__.startswith("torch."):
        return None  # its numbers would come from the learner's own __torch_dispatch__
    with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():
        exact = torch.Tensor.as_subclass(torch.Tensor.detach(value), torch.Tensor)
        dtype = str(exact.dtype).removeprefix("torch.")
        if exact.dtype is torch.bfloat16:  # numpy has none
            exact = exact.float()
        exact = exact.to_dense() if exact.layout is not torch.strided else exact
        return _numeric(exact.cpu().resolve_conj().resolve_neg().numpy().copy(), "tensor", dtype)


def _numeric(values: Any, what: str, dtype: str) -> Array | None:
    return Array(values, what, dtype) if values.dtype.kind in "biufc" else None
