"""What hidden tests do with something that was saved: make it bytes, and make the bytes that thing again elsewhere.

Only a learner's own process unpacks what that learner's process packed: unpickling runs code.
"""

from __future__ import annotations

import io
import os
import pickle
from pathlib import Path
from typing import Any

import torch

from ..folders import new_folder
from . import tool

_MOST = 2**20
"""Bytes that are carried at most, a hundred times what an adapter of the hidden tests takes."""


@tool
def packed(value: Any) -> torch.Tensor:
    """A value as bytes (uint8, shape (n,)): tensors, containers, objects, the files whose paths stand in it.

    Of more than a mebibyte only the beginning. Raises TypeError for what no file can hold, a lambda say.
    """
    buffer = io.BytesIO()
    try:
        _Packer(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise TypeError(f"what was saved cannot be written to a file: {error}") from None
    return torch.frombuffer(buffer.getbuffer()[:_MOST], dtype=torch.uint8).clone()


@tool
def unpacked(data: torch.Tensor) -> Any:
    """The value again; files stand where they stood, or in a folder of their own where that is not possible."""
    return _Unpacker(io.BytesIO(data.numpy().tobytes())).load()


class _Packer(pickle.Pickler):
    def persistent_id(self, value: Any) -> Any:
        if not isinstance(value, str | Path) or not 0 < len(str(value)) < 4096:
            return None
        path = Path(value)
        # A word that happens to be the name of a file is a word, unless it looks like a file's.
        if not (path.suffix or path.is_absolute()) or not os.path.exists(path):
            return None
        contents: dict[str, bytes] = {}
        for file in path.rglob("*") if path.is_dir() else [path]:
            if sum(map(len, contents.values())) > _MOST:
                break
            if file.is_file():
                contents[str(file.relative_to(path))] = file.read_bytes()
        return pickle.dumps((type(value) is str, str(path), contents))  # as bytes, or these texts would be asked about


class _Unpacker(pickle.Unpickler):
    def persistent_load(self, pid: Any) -> Any:
        as_text, path, files = pickle.loads(pid)
        try:
            placed = _placed(Path(path), files)
        except OSError:
            placed = _placed(Path(new_folder()) / Path(path).name, files)
        return str(placed) if as_text else placed


def _placed(path: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return path
