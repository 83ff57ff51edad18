"""The `student` of a hidden test: functions, models and objects that live elsewhere and read as if they were here.

`student.freeze(model)` calls the answer's function; what comes back is a plain value (numbers, tensors, lists) or a
`Remote`, an object that stayed where it is and is asked like any other: `splits.train`, `layer(x)`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import torch

from grader.remote import codec
from grader.student.answers import Answers, LearnerError
from grader.student.bounded import unwatched

MOST_ITEMS = 200
"""Items of an object that stayed where it is that are gone through. Lists and tuples come over as plain values."""


class Student:
    """Whoever answers: attributes are the functions and classes of the answer; `tools` are the project's own."""

    def __init__(self, answers: Answers, seed: int):
        self._answers = answers
        self._seed = seed
        self._calls: Counter[str] = Counter()
        self.tools = Tools(self)

    def __getattr__(self, name: str) -> Function:
        if name.startswith("_"):
            raise AttributeError(name)
        return Function(self, {"function": name})

    def start_afresh(self) -> None:
        """From here on a fresh process answers, one that has seen nothing of what was asked. What stayed in the old
        one is gone; only what the test itself holds is carried over."""
        self._answers.start_afresh()

    def _ask(self, request: dict[str, Any], *values: Any, seeded: bool = False) -> Any:
        if seeded:
            # By name and count, so that one more call of one function changes no random number of another.
            name = str(request.get("function", request.get("tool", "")))
            self._calls[name] += 1
            # A hash, because it is told to the other side: from it the seed of the hidden inputs cannot be found.
            drawn = hashlib.blake2b(f"{self._seed}/{name}/{self._calls[name]}".encode(), digest_size=4)
            request["seed"] = int.from_bytes(drawn.digest(), "big") % 2**31
        with unwatched():
            packed = self._packed(request, values)
        reply, tensors = self._answers.ask(*packed)
        try:
            with unwatched():
                return codec.decode(reply, tensors, self._remote)
        except codec.TooMuch as error:
            raise LearnerError("Unreadable", str(error)) from None

    def _packed(
        self, request: dict[str, Any], values: tuple[Any, ...]
    ) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
        encoder = codec.Encoder(_handle)
        if request["op"] == "call":
            args, kwargs = values
            request["args"] = [encoder.encode(a) for a in args]
            request["kwargs"] = {k: encoder.encode(v) for k, v in kwargs.items()}
        elif values:
            request["key"] = encoder.encode(values[0])
        return request, encoder.tensors

    def _remote(self, data: dict[str, Any]) -> Remote:
        ref = data.get("ref")
        if type(ref) is not int:
            raise codec.TooMuch("a malformed handle")
        if "members" in data:
            return RemoteTuple(self, ref, str(data.get("type", "tuple"))[:80], data["members"])
        kind = Model if data.get("module") is True else Remote
        return kind(self, ref, str(data.get("type", "object"))[:80])


class Function:
    """A function of the answer, or of the tools, to be called."""

    def __init__(self, student: Student, target: dict[str, Any]):
        self._student, self._target = student, target

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._student._ask({"op": "call", **self._target}, args, kwargs, seeded=True)

    def kept(self, *args: Any, **kwargs: Any) -> Remote:
        """Call it and leave the result where it is, even one that has a plain form: no copy of it is made."""
        return self._student._ask({"op": "call", "kept": True, **self._target}, args, kwargs, seeded=True)


class Tools:
    """The project's own functions at the place where the models are (`grader/remote/tools/`)."""

    def __init__(self, student: Student):
        self._student = student

    def __getattr__(self, name: str) -> Function:
        return Function(self._student, {"tool": name})


class Remote:
    """An object that stayed where it is."""

    def __init__(self, student: Student, ref: int, type_name: str):
        self._student, self._ref, self._type = student, ref, type_name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._student._ask({"op": "get", "ref": self._ref, "name": name})

    def __iter__(self) -> Iterator[Any]:
        """Item by item, as Python does where there is no `__iter__`, but not for ever: there are objects that have an
        item for every number. Raises LearnerError."""
        for at in range(MOST_ITEMS):
            try:
                item = self[at]
            except LearnerError as error:
                if error.kind == "IndexError":
                    return
                raise
            yield item
        raise LearnerError("WrongKind", f"a collection with more than {MOST_ITEMS} items")

    def __getitem__(self, key: Any) -> Any:
        return self._student._ask({"op": "item", "ref": self._ref}, key)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._student._ask({"op": "call", "ref": self._ref}, args, kwargs, seeded=True)

    def __repr__(self) -> str:
        return f"<{self._type}>"


class RemoteTuple(tuple[Any, ...], Remote):
    """A named tuple: its members as a tuple, and the object that stayed where it is, to be asked for its fields."""

    def __new__(cls, student: Student, ref: int, type_name: str, members: tuple[Any, ...]) -> RemoteTuple:
        return super().__new__(cls, members)

    def __init__(self, student: Student, ref: int, type_name: str, members: tuple[Any, ...]):
        Remote.__init__(self, student, ref, type_name)


class Model(Remote):
    """A module that stayed where it is. The methods that change it return it, to be chained."""

    def part(self, path: str) -> Part:
        """The submodule at a dotted path, which remembers its owner."""
        inner = self._student.tools.part(self, path)
        return Part(self, path, inner)

    def train(self, x: torch.Tensor, y: torch.Tensor, **how: Any) -> Model:
        """Train it in place as a plain loop would, every parameter given to the optimizer (see `tools.train`)."""
        self._student.tools.train(self, x, y, **how)
        return self

    def mode(self, training: bool) -> Model:
        """Train or eval mode."""
        self._student.tools.mode(self, training)
        return self

    def outputs(self, *inputs: torch.Tensor, training: bool = False) -> torch.Tensor:
        """What it answers, in eval mode unless told otherwise."""
        return self._student.tools.outputs(self, *inputs, training=training)

    def tensors(self) -> dict[str, torch.Tensor]:
        """Parameters and buffers by name."""
        return self._student.tools.tensors(self)

    def buffers(self) -> dict[str, torch.Tensor]:
        """Buffers by name."""
        return self._student.tools.buffers(self)

    def parameters(self, trainable: bool | None = None) -> list[torch.Tensor]:
        """Parameters, sorted by shape and content so that names do not matter."""
        return self._student.tools.parameters(self, trainable=trainable)


class Part(Model):
    """A submodule handed to the learner, with the model that it belongs to."""

    def __init__(self, owner: Model, path: str, inner: Remote):
        super().__init__(owner._student, inner._ref, inner._type)
        self._owner, self._path = owner, path

    def replaced_by(self, answer: Any) -> Model:
        """The owner once the learner's function is done: changed in place, or with what the function returned in place
        of the part. A function that returns nothing worked in place."""
        if isinstance(answer, Model) and answer._ref != self._ref:
            self._student.tools.put_part(self._owner, self._path, answer)
        return self._owner


def model_from(answer: Any, original: Model) -> Model:
    """The model that a function leaves: the one it returned, or the original where it returned nothing (in place)."""
    return answer if isinstance(answer, Model) else original


def _handle(value: Any) -> dict[str, Any]:
    if isinstance(value, Remote):
        return {"ref": value._ref}
    raise TypeError(f"a hidden test sent a {type(value).__name__}, which has no plain form")
