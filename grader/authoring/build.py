"""`tl build`: exercises from the solutions, and whether those on the disk are what would be built."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.authoring.layout import same_ids
from grader.exercise.catalogue import NAME, ROOT, course_folder, exercise_names, load_exercise
from grader.exercise.errors import AuthoringError, UnknownExercise


@dataclass(frozen=True)
class Target:
    """A built file. `state` is current, stale, missing or orphan (no solution any more); `content` belongs there."""

    exercise: str
    path: Path
    state: str
    content: bytes | None

    def mend(self, root: Path) -> str:
        """The command that makes this file current."""
        if self.state == "orphan":
            return f"git rm {self.path.relative_to(root)}"
        return "tl build" if self.exercise == "all exercises" else f"tl build {self.exercise}"


def targets(name: str, root: Path = ROOT) -> list[Target]:
    """The files built from one exercise, compared with what is on the disk. Raises AuthoringError."""
    from .notebook import build_notebook, to_bytes

    exercise = load_exercise(name, root)
    contents = {
        course_folder(root) / "exercises" / f"{name}.ipynb": to_bytes(build_notebook(exercise)),
    }
    return [Target(name, path, _state(path, content), content) for path, content in contents.items()]


def page_targets(root: Path = ROOT) -> list[Target]:
    """The pages whose tables name all exercises. Raises AuthoringError."""
    from .tables import page, pages

    found = pages(root)
    exercises = [load_exercise(name, root) for name in exercise_names(root)] if found else []
    contents = {path: page(path, exercises) for path in found}
    return [Target("all exercises", path, _state(path, content), content) for path, content in contents.items()]


def orphans(root: Path = ROOT) -> list[Target]:
    """Built files whose solution is gone."""
    names = exercise_names(root)
    built = [
        path
        for path in (course_folder(root) / "exercises").glob("*.ipynb")
        if NAME.fullmatch(path.stem) and path.stem not in names
    ]
    return [Target(path.stem, path, "orphan", None) for path in sorted(built)]


def build(
    names: Sequence[str] = (),
    check: bool = False,
    root: Path = ROOT,
    progress: Callable[[str], None] = lambda name: None,
) -> list[Target]:
    """Build the exercises called `names`, or all, and the pages that list them; the files concerned, in the state found
    before anything was written.

    With `check` nothing is written. `progress` is called with each name before its turn. Raises AuthoringError with all
    problems of all solutions; those without a problem are built nevertheless.
    """
    from grader.files import write_atomic

    found: list[Target] = []
    problems: list[str] = []
    for name in _chosen(names, root):
        progress(name)
        try:
            of_name = targets(name, root)
        except AuthoringError as error:
            problems += error.problems
            continue
        found += of_name
        for target in of_name:
            if not check and target.state != "current" and target.content is not None:
                write_atomic(target.path, target.content)
    problems += same_ids(root)
    if problems:
        raise AuthoringError(problems)
    try:
        tables = page_targets(root)
    except AuthoringError:  # a solution that was not asked for cannot be read; the pages wait for it
        tables = []
    for target in tables if not check else ():
        if target.state != "current" and target.content is not None:
            write_atomic(target.path, target.content)
    return [*found, *tables, *(() if names else orphans(root))]


def _chosen(names: Sequence[str], root: Path) -> list[str]:
    """The names without repetition; all where none is given. An unknown one is an error before anything is built."""
    known = exercise_names(root)
    chosen = list(dict.fromkeys(names)) or known
    if not chosen:
        raise UnknownExercise("", known)
    for name in chosen:
        if name not in known:
            raise UnknownExercise(name, known)
    return chosen


def _state(path: Path, content: bytes) -> str:
    if not path.is_file():
        return "missing"
    return "current" if path.read_bytes() == content else "stale"
