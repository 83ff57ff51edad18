"""The course key, from which all hidden inputs are drawn."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from grader.files import cannot_write

ENVIRONMENT = "TL_COURSE_KEY"


def course_key(given: str | None, out: Path) -> str:
    """The key given, else that of the environment, else the one kept beside the results, made on the first run."""
    if given or os.environ.get(ENVIRONMENT):
        return given or os.environ[ENVIRONMENT]
    kept = out / "course.key"
    if kept.exists():
        return kept.read_text(encoding="utf-8").strip()
    key = secrets.token_hex(16)
    _write_private(kept, key + "\n")
    return key


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, from its first moment on; whole, or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".key-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise cannot_write(error, path) from None


def seed_of_exercise(key: str, exercise: str) -> str:
    """What is stored with a result: the seed of one exercise's hidden inputs, from which the key cannot be found."""
    return hmac.new(key.encode(), exercise.encode(), hashlib.sha256).hexdigest()[:32]
