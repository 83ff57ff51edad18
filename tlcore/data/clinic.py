"""The clinic: transcripts of twelve training runs, most of them broken. Everybody gets four."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any


def clinic_runs(who: str) -> list[dict[str, Any]]:
    """Four runs, decided by a name: the same each time, others for others, one of each kind, so equally hard.

    Each is a dict with `regime` ("frozen" or "full") and `transcript`. The runs were made by training a small network
    on photos of leaves, with one fault built in or none.
    """
    groups = json.loads(Path(__file__).with_name("clinic_runs.json").read_text(encoding="utf-8"))
    draw = random.Random(who.strip().lower())
    runs = [draw.choice(group) for group in groups]
    draw.shuffle(runs)
    return runs
