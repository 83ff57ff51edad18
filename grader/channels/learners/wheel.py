"""A wheel written without a build backend, so that a release needs no network: PEP 427, and PEP 566 for METADATA."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence

TIME = (1980, 1, 1, 0, 0, 0)
"""Of every file, so that equal content gives equal bytes."""


def wheel_bytes(
    name: str,
    version: str,
    summary: str,
    python: str,
    requires: Sequence[str],
    scripts: Mapping[str, str],
    files: Mapping[str, bytes],
) -> bytes:
    """The file `<name>-<version>-py3-none-any.whl` of pure Python `files` (path inside the wheel -> content).

    name: with '_' for '-'. requires: as in pyproject.toml. scripts: command -> "module:function".
    """
    info = f"{name}-{version}.dist-info"
    metadata = [
        "Metadata-Version: 2.1",
        f"Name: {name.replace('_', '-')}",
        f"Version: {version}",
        f"Summary: {summary}",
        f"Requires-Python: {python}",
        *(f"Requires-Dist: {requirement}" for requirement in requires),
    ]
    entry_points = ["[console_scripts]", *(f"{command} = {target}" for command, target in scripts.items())]
    content = dict(files)
    content[f"{info}/METADATA"] = _lines(metadata)
    content[f"{info}/WHEEL"] = _lines(
        ["Wheel-Version: 1.0", "Generator: tl release", "Root-Is-Purelib: true", "Tag: py3-none-any"]
    )
    content[f"{info}/entry_points.txt"] = _lines(entry_points)
    record = [f"{path},sha256={_digest(data)},{len(data)}" for path, data in sorted(content.items())]
    content[f"{info}/RECORD"] = _lines([*record, f"{info}/RECORD,,"])
    return zip_bytes(content)


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """A zip of `files` (path -> content) that has equal bytes for equal content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in sorted(files.items()):
            entry = zipfile.ZipInfo(path, TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def _lines(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
