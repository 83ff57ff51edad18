"""A stranger's JSON, read in bounded memory and time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from grader.submissions.slimming import CPU_SECONDS, NOT_JSON, slim

SMALL = 2 * 2**20
"""Bytes that this process reads itself: whatever they are, they become 100 MiB at most, in a second."""
MAX_PARTS = 2_000_000
MAX_ITEMS = 20_000_000
"""Brackets and commas in a file that is worth trying."""
PATIENCE = 10
"""How much longer than its CPU time the reading process may take on a busy machine."""


class TooMuch(Exception):
    """Reading this would take more memory or time than a notebook may."""


def notebook_in(data: bytes) -> Any:
    """The notebook in `data`, slimmed. Raises ValueError where it is no JSON, and TooMuch."""
    if len(data) <= SMALL:
        try:
            return slim(json.loads(data))
        except RecursionError:
            raise ValueError("nested too deeply") from None
    if data.count(b"[") + data.count(b"{") > MAX_PARTS or data.count(b",") > MAX_ITEMS:
        raise TooMuch
    # `-I -S`: nothing but the standard library, in some hundredths of a second.
    command = [sys.executable, "-I", "-S", str(Path(__file__).with_name("slimming.py"))]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE * CPU_SECONDS)
    except subprocess.TimeoutExpired:
        raise TooMuch from None
    if done.returncode == NOT_JSON:
        raise ValueError("not JSON")
    if done.returncode != 0:
        raise TooMuch
    return json.loads(done.stdout)
