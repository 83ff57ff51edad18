"""Frames between the grader and the sandbox: length-capped JSON, and tensors as safetensors. Nothing else crosses.

A frame is ``!IQ`` (bytes of JSON, bytes of safetensors), the JSON, the safetensors. Neither side ever unpickles; the
receiver checks both lengths against its caps before it reads on, and gives up at a deadline for the whole frame, so
that a peer that sends slowly, for ever, too much or nonsense costs one clear error.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors

LENGTHS = struct.Struct("!IQ")
MAX_JSON = 4 * 2**20
MAX_TENSORS = 64 * 2**20
MAX_TENSOR_COUNT = 4096
MAX_NAMES = 2**20
"""Bytes of the list of tensors. A million that hold nothing fit into a frame: read, they took 1.4 GiB and half a
minute."""
DTYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


class WireError(Exception):
    """The other side did not send a frame that can be read."""


class Closed(WireError):
    """The other side closed the connection."""


class Late(WireError):
    """No whole frame arrived before the deadline."""


def encode(header: dict[str, Any], tensors: dict[str, torch.Tensor] | None = None) -> bytes:
    """One frame as bytes. Raises WireError where it is over the caps."""
    text = json.dumps(header, separators=(",", ":")).encode()
    blob = _safetensors(tensors) if tensors else b""
    if len(text) > MAX_JSON or len(blob) > MAX_TENSORS:
        raise WireError(f"a message of {(len(text) + len(blob)) / 2**20:.0f} MiB is over the cap")
    return LENGTHS.pack(len(text), len(blob)) + text + blob


def _safetensors(tensors: dict[str, torch.Tensor]) -> bytes:
    """Tensors in the safetensors format: length and JSON of a header, then the numbers.

    The library's own writer looks for shared memory and copies twice, which takes 0.1 ms for four small tensors; a
    submission takes some 240 messages. Reading, where the other side is not trusted, is the library's.
    """
    header: dict[str, Any] = {}
    parts: list[bytes] = []
    end = 0
    for name, tensor in tensors.items():
        if tensor.dtype not in DTYPES:
            raise WireError(f"a tensor of {tensor.dtype} does not cross")
        # An empty array of numpy has a stride of 0, which no view of another type takes.
        data = tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes() if tensor.numel() else b""
        start, end = end, end + len(data)
        header[name] = {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [start, end]}
        parts.append(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *parts])


def decode(text: bytes, blob: bytes) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """Header and tensors of a frame's two parts. Raises WireError for anything that is not well-formed."""
    try:
        header = json.loads(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise WireError(f"not JSON: {type(error).__name__}") from None
    if not isinstance(header, dict):
        raise WireError("the header is not an object")
    if not blob:
        return header, {}
    if int.from_bytes(blob[:8], "little") > MAX_NAMES:
        raise WireError("the list of tensors is over the cap")
    try:
        tensors = load_tensors(blob)
    except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError, OverflowError, MemoryError) as error:
        raise WireError(f"not safetensors: {type(error).__name__}") from None
    if len(tensors) > MAX_TENSOR_COUNT:
        raise WireError(f"{len(tensors)} tensors in one message")
    return header, tensors


def send(sock: socket.socket, header: dict[str, Any], tensors: dict[str, torch.Tensor] | None = None) -> None:
    """Send one frame. Raises Closed where the other side is gone, Late where it does not read."""
    frame = encode(header, tensors)
    try:
        sock.sendall(frame)
    except TimeoutError:
        raise Late("the other side does not read") from None
    except OSError as error:
        raise Closed(f"the other side is gone: {error.strerror}") from None


def receive(
    sock: socket.socket, timeout: float | None = None, most: int = MAX_TENSORS
) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """The next frame, whole, within `timeout` seconds (None waits for ever), its tensors in at most `most` bytes.

    Raises Closed, Late, or WireError for a frame over the caps or malformed.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    text_length, blob_length = LENGTHS.unpack(_exactly(sock, LENGTHS.size, deadline))
    if text_length > MAX_JSON or blob_length > most:
        raise WireError(f"a message of {(text_length + blob_length) / 2**20:.0f} MiB is over the cap")
    body = _exactly(sock, text_length + blob_length, deadline)
    return decode(body[:text_length], body[text_length:])


def _exactly(sock: socket.socket, count: int, deadline: float | None) -> bytes:
    data = bytearray()
    while len(data) < count:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Late("no whole message before the deadline")
            sock.settimeout(left)
        try:
            chunk = sock.recv(min(count - len(data), 1 << 20))
        except TimeoutError:
            raise Late("no whole message before the deadline") from None
        except OSError as error:
            raise Closed(f"the connection broke: {error.strerror}") from None
        if not chunk:
            raise Closed("the connection was closed")
        data += chunk
    return bytes(data)
