"""What every channel's release has in common: which exercises there are, and where they may be written."""

from __future__ import annotations

from pathlib import Path

from grader.exercise.catalogue import ROOT, course_folder, exercise_names


class ReleaseRefused(Exception):
    """Nothing was written; the message says why and what to do."""


def chosen(names: list[str]) -> list[str]:
    """The exercises called `names`, or all. Raises ReleaseRefused for an unknown one, or where there is none."""
    known = exercise_names()
    if not known:
        raise ReleaseRefused("there is no exercise: solutions/ holds none. Releases are made in a checkout")
    for name in names:
        if name not in known:
            raise ReleaseRefused(f"unknown exercise '{name}'; known: {', '.join(known)}")
    return list(dict.fromkeys(names)) or known


def built_notebook(name: str) -> bytes:
    """The notebook that learners get. Raises ReleaseRefused where it has not been built from its solution."""
    from grader.authoring.build import targets

    for target in targets(name):
        if target.state != "current":
            raise ReleaseRefused(f"{target.path.name} is {target.state}: {target.mend(ROOT)}, then release again")
    return (course_folder() / "exercises" / f"{name}.ipynb").read_bytes()


def new_folder(out: Path) -> Path:
    """`out`, if it is not there yet or empty. Raises ReleaseRefused otherwise: nothing is ever overwritten."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ReleaseRefused(f"{out} is there already and not empty: name a new folder, nothing was changed")
    return out
