"""Answers the grader's requests about a learner's objects: call this, read that attribute, train this model.

The same class serves the learner's notebook (inside the sandbox, through `serve`) and the reference, the misconceptions
and the alternatives (in the grader's own process), so that all of them are asked by the same lines.
"""

from __future__ import annotations

import linecache
import os
import random
import socket
import traceback
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from . import codec, wire
from .tools import TOOLS

MAX_MESSAGE = 600


class Executor:
    """Objects behind handles, and the functions that the grader may call on them.

    `names` are the answer's functions and classes by name; `notebook` (a NotebookShell, in the sandbox only) runs the
    cells that define them when they are asked for.
    """

    def __init__(self, names: Mapping[str, Any], notebook: Any = None):
        self.names = names
        self.notebook = notebook
        self.objects: dict[int, Any] = {}
        self.handles: dict[int, int] = {}
        self.next = 1

    def handle(
        self, request: dict[str, Any], tensors: dict[str, torch.Tensor]
    ) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
        """The reply to one request: {"ok": value}, or {"error": {...}} for whatever the learner's code raised."""
        encoder = codec.Encoder(self._keep)
        try:
            value = self._perform(request, tensors)
            answer = self._keep(value) if request.get("kept") else encoder.encode(value)
            return {"ok": answer}, encoder.tensors
        except BaseException as error:
            return {"error": describe_error(error)}, {}

    def _perform(self, request: dict[str, Any], tensors: dict[str, torch.Tensor]) -> Any:
        def decoded(data: Any) -> Any:
            return codec.decode(data, tensors, lambda d: self.objects[d["ref"]])

        # Before the seed is set: to find a function, a cell of the notebook may have to run.
        function: Any = self._function(request) if request["op"] == "call" else None
        if "seed" in request:
            seed_everything(request["seed"])
        match request["op"]:
            case "call":
                args = [decoded(a) for a in request["args"]]
                kwargs = {k: decoded(v) for k, v in request["kwargs"].items()}
                if "tool" in request and self.notebook is not None:
                    with self.notebook.around_tools():
                        return function(*args, **kwargs)
                return function(*args, **kwargs)
            case "get":
                return getattr(self.objects[request["ref"]], request["name"])
            case "item":
                return self.objects[request["ref"]][decoded(request["key"])]
            case "notebook":
                return self.notebook.load(request["cells"], request.get("files", {}))
            case "above":
                return self.notebook.above(request["question"])
            case "cell":
                return self.notebook.run_above(request["cell"], request["seconds"])
            case "answer":
                self._forget()
                how = [request[key] for key in ("question", "stand_ins", "seconds", "as_jupyter")]
                return self.notebook.answer(*how)
        raise ValueError(f"unknown request {request['op']!r}")

    def _function(self, request: dict[str, Any]) -> Any:
        if "tool" in request:
            return TOOLS[request["tool"]]
        if "ref" in request:
            return self.objects[request["ref"]]
        name = request["function"]
        if name not in self.names and self.notebook is not None:
            self.notebook.provide(name)
        if name not in self.names:
            if self.notebook is not None and self.notebook.failure is not None:
                raise self.notebook.failure
            raise MissingAnswer(name)
        return self.names[name]

    def _keep(self, value: Any) -> dict[str, Any]:
        # One object has one handle. Those that have one are kept alive by it, so their ids stay theirs.
        handle = self.handles.get(id(value))
        if handle is None:
            handle = self.handles[id(value)] = self.next
            self.next += 1
            self.objects[handle] = value
        return {"ref": handle, **codec.described(value)}

    def _forget(self) -> None:
        self.objects.clear()
        self.handles.clear()


class MissingAnswer(Exception):
    """The notebook does not define the function that the question asks for."""

    def __init__(self, name: str):
        super().__init__(f"{name} is not defined")
        self.name = name


def seed_everything(seed: int) -> None:
    """Same seed, same random numbers, whoever answers."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    # Not torch.manual_seed: that also queues the seed for every accelerator, with a formatted stack for each of them,
    # at half the cost of judging a question.
    torch.default_generator.manual_seed(seed)


def describe_error(error: BaseException) -> dict[str, str]:
    """Type, message and the learner's own line of an exception, each cut to size."""
    try:
        message = str(error)[:MAX_MESSAGE]
    except BaseException:
        message = ""
    line, blank = "", False
    if isinstance(error, SyntaxError):
        line = (error.text or "").strip()
    try:
        for frame in traceback.extract_tb(error.__traceback__):
            if "site-packages" not in frame.filename and not frame.filename.startswith("<frozen"):
                source = linecache.getline(frame.filename, frame.lineno or 0).strip()
                if is_learners(frame.filename) and source:
                    line = source
                    blank = isinstance(error, NotImplementedError)
    except BaseException:
        line = ""
    kind = "Blank" if blank else type(error).__name__[:80]
    return {"type": str(kind), "message": message, "line": line[:200]}


def is_learners(filename: str) -> bool:
    """Whether a frame's file is a notebook cell or an answer file, not a library and not the grader."""
    return "ipython-input" in filename or "ipykernel" in filename or filename.startswith("<answer")


def serve(sock: socket.socket, scratch: str) -> None:
    """Answer requests on `sock` until the grader hangs up."""
    from .shell import NotebookShell

    notebook = NotebookShell(scratch)
    executor = Executor(notebook.names, notebook)
    server = os.getpid()
    while True:
        try:
            request, tensors = wire.receive(sock)
        except wire.WireError:
            return
        reply, tensors = executor.handle(request, tensors)
        if os.getpid() != server:
            # A process that the answer forked and that came back here, with an exception say. Its replies would be
            # taken for those to later requests, and cost questions that have nothing to do with it.
            os._exit(1)
        try:
            wire.send(sock, reply, tensors)
        except wire.Closed:
            return
        except Exception as error:
            wire.send(sock, {"error": describe_error(error)})
