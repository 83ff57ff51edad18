"""The course key, from which all hidden inputs are drawn."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from grader.files import write_private

ENVIRONMENT = "TL_COURSE_KEY"
KEPT = "course.key"


def course_key(given: str | None, out: Path) -> str:
    """The key given, else that of the environment, else the one kept beside the results, made on the first run."""
    if given or os.environ.get(ENVIRONMENT):
        return given or os.environ[ENVIRONMENT]
    if kept := kept_key(out):
        return kept
    key = secrets.token_hex(16)
    remember_key(key, out)
    return key


def kept_key(out: Path) -> str | None:
    """The key that the results in `out` were drawn from, where one is kept."""
    kept = out / KEPT
    return kept.read_text(encoding="utf-8").strip() if kept.exists() else None


def remember_key(key: str, out: Path) -> None:
    """Keep `key` beside the results, so that a later run without one does not draw other inputs."""
    if kept_key(out) != key:
        write_private(out / KEPT, key + "\n")


def seed_of_exercise(key: str, exercise: str) -> str:
    """What is stored with a result: the seed of one exercise's hidden inputs, from which the key cannot be found."""
    return hmac.new(key.encode(), exercise.encode(), hashlib.sha256).hexdigest()[:32]


def seed_of_submission(key: str, exercise: str, digest: str) -> str:
    """The same for one notebook alone. Whoever writes into it what feedback on it has shown gets other inputs."""
    return seed_of_exercise(key, f"{exercise}/{digest}")


def drawn_from(key: str, exercise: str, digest: str, seed: str) -> bool:
    """Whether hidden inputs with this seed came from `key`, those of the class or those of one notebook alone."""
    return seed in (seed_of_exercise(key, exercise), seed_of_submission(key, exercise, digest))
