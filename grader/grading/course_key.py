"""The course key, from which all hidden inputs are drawn."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

ENVIRONMENT = "TL_COURSE_KEY"


def course_key(given: str | None, out: Path) -> str:
    """The key given, else that of the environment, else the one kept beside the results, made on the first run."""
    if given or os.environ.get(ENVIRONMENT):
        return given or os.environ[ENVIRONMENT]
    kept = out / "course.key"
    if kept.exists():
        return kept.read_text(encoding="utf-8").strip()
    from grader.results.files import write_atomic

    key = secrets.token_hex(16)
    write_atomic(kept, (key + "\n").encode())
    kept.chmod(0o600)
    return key


def seed_of_exercise(key: str, exercise: str) -> str:
    """What is stored with a result: the seed of one exercise's hidden inputs, from which the key cannot be found."""
    return hmac.new(key.encode(), exercise.encode(), hashlib.sha256).hexdigest()[:32]
