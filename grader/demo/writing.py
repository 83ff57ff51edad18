"""Writes the demo class to a folder, as a class hands it in."""

from __future__ import annotations

from pathlib import Path

from grader.authoring.notebook import to_bytes
from grader.demo.broken import write_broken
from grader.demo.classroom_files import CLASSROOM, NAMES, submission


def write_class(folder: Path) -> list[Path]:
    """Write every submission of the demo class as `folder/<learner>/<exercise>.ipynb`; the paths."""
    written = []
    for learner in sorted(path for path in CLASSROOM.iterdir() if path.is_dir()):
        for answers in sorted(learner.glob("*.py")):
            target = folder / NAMES.get(learner.name, learner.name) / f"{answers.stem}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(to_bytes(submission(answers)))
            written.append(target)
    return written + write_broken(folder)
