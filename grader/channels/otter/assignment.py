"""`tl release --to otter`: for each exercise a bundle for learners and an autograder.zip."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from grader.channels.learners.bundle import bundle_files
from grader.channels.learners.wheel import zip_bytes
from grader.channels.otter.entrance import PLUGIN, wrong_otter
from grader.channels.releasing import ReleaseRefused, built_notebook, new_folder
from grader.exercise.catalogue import ROOT, course_folder, load_exercise
from grader.exercise.model import Exercise
from grader.files import write_atomic

_LEARNERS_TEST = """\
from IPython.display import display
from otter.test_files import test_case
from tlcore.check import check

OK_FORMAT = False
name = {id!r}


@test_case(name={title!r}, points={points!r}, hidden=False)
def public_check(env):
    report = check({id!r}, namespace=env)
    display(report)
    assert report.passed, report.headline
"""

_GRADERS_TEST = """\
from otter.test_files import test_case

OK_FORMAT = False
name = {id!r}


@test_case(name={title!r}, points={points!r}, hidden=True)
def graded_by_the_plugin(env):
    raise AssertionError("the plugin of tl-exercises has not graded this")
"""

_RUN_OTTER = """\
\"\"\"Grades what was handed in: first what otter would stumble over, then otter's own autograding.\"\"\"

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "tl"))

from grader.channels.otter.entrance import main

if __name__ == "__main__":
    sys.exit(main(HERE.parent))
"""

_CELL = """\
# With otter, grader.check("{id}") does the same as check("{id}").
import otter

grader = otter.Notebook("{name}.ipynb")"""


@dataclass
class Assignments:
    """The files that were written, and what to say about them."""

    files: list[Path] = field(default_factory=list)
    say: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def write_assignments(
    out: Path, names: list[str], key: str | None = None, progress: Callable[[str], None] = lambda name: None
) -> Assignments:
    """Write `out/<exercise>/student.zip` and `out/<exercise>/autograder.zip` for the exercises called `names`.

    Raises ReleaseRefused: `out` is not empty, an exercise has not been built, or another otter than this was made for.
    """
    check_otter()
    new_folder(out)
    from grader.grading.course_key import course_key

    student = {name: student_files(name) for name in names}
    out.mkdir(parents=True, exist_ok=True)
    secret = course_key(key, out)
    made = Assignments()
    for name in names:
        progress(name)
        files = student[name]
        digest = hashlib.sha256(b"".join(n.encode() + data for n, data in sorted(files.items()))).hexdigest()
        # A folder of its own for other content: unpacking a newer bundle never reaches a notebook with answers.
        inside = {f"{name}-{digest[:8]}/{path}": data for path, data in files.items()}
        for path, data in (("student.zip", zip_bytes(inside)), ("autograder.zip", autograder_zip(name, secret))):
            write_atomic(out / name / path, data)
            made.files.append(out / name / path)
        made.say.append(
            f"{name}: {out / name / 'student.zip'} for learners, autograder.zip for otter run or Gradescope"
        )
    made.notes.append("autograder.zip holds solutions, hidden tests and the course key: for graders only")
    return made


def check_otter() -> None:
    """Raises ReleaseRefused where otter-grader is missing or of another version."""
    problem = wrong_otter()
    if problem is not None:
        raise ReleaseRefused(f"{problem}, then release again")


def student_files(name: str) -> dict[str, bytes]:
    """What a learner gets: the notebook with an otter cell, tests that call the public checks, and the wheel."""
    import nbformat
    from nbformat.v4 import new_code_cell

    from grader.authoring.notebook import to_bytes

    exercise = load_exercise(name)
    notebook = nbformat.reads(built_notebook(name).decode("utf-8"), as_version=4)
    cell = _CELL.format(id=exercise.questions[0].id, name=name)
    notebook.cells.insert(1, new_code_cell(cell, id="otter"))
    bundle, readme = bundle_files([name])
    with_otter = f"Install `otter-grader=={version('otter-grader')}` too, and open `{name}.ipynb` in this folder."
    how = f"\n## otter\n\n{with_otter}\n"
    files = {f"{name}.ipynb": to_bytes(notebook), **bundle, "README.md": readme + how.encode()}
    return files | _tests(exercise, _LEARNERS_TEST)


def autograder_zip(name: str, key: str) -> bytes:
    """otter's own autograder.zip, with our plugin in its configuration and our package beside it for Gradescope."""
    from otter.generate import main as generate

    exercise = load_exercise(name)
    config = {
        "plugins": [{PLUGIN: {"exercise": name, "key": key, "isolation": "best"}}],
        "show_hidden": True,  # there is nothing hidden in what the plugin reports
        "show_all_public": True,  # so learners see it at once
        "force_public_test_summary": False,
        "logo": False,
    }
    with tempfile.TemporaryDirectory() as temporary, chdir(temporary):
        for path, data in _tests(exercise, _GRADERS_TEST).items():
            Path(path).parent.mkdir(exist_ok=True)
            Path(path).write_bytes(data)
        Path("otter_config.json").write_text(json.dumps(config), encoding="utf-8")
        Path("requirements.txt").write_text("\n".join(_requirements()), encoding="utf-8")
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        generate(
            config="otter_config.json", requirements="requirements.txt", python_version=python, no_environment=True
        )
        with zipfile.ZipFile("autograder.zip") as archive:
            files = {entry: archive.read(entry) for entry in archive.namelist()}
    files["run_otter.py"] = _RUN_OTTER.encode()
    files["__main__.py"] = (Path(__file__).parent / "shipped" / "run_here.py").read_bytes()
    files["run_autograder"] = _patched(files["run_autograder"], b"python ", b"PYTHONPATH=/autograder/source/tl python ")
    files["setup.sh"] = _patched(
        files["setup.sh"], b"apt-get install -y ", b"apt-get install -y bubblewrap libseccomp2 "
    )
    return zip_bytes(files | {f"tl/{path}": data for path, data in _package(name).items()})


def _tests(exercise: Exercise, template: str) -> dict[str, bytes]:
    return {
        f"tests/{q.id}.py": template.format(id=q.id, title=q.title, points=q.points).encode()
        for q in exercise.questions
    }


def _patched(script: bytes, old: bytes, new: bytes) -> bytes:
    if script.count(old) < 1:
        raise ReleaseRefused(
            f"this otter-grader writes other scripts than expected ({old.decode().strip()} is missing)"
        )
    return script.replace(old, new, 1)


def _requirements() -> list[str]:
    """The dependencies of this project with the versions that its tests ran with; otter adds itself."""
    project = tomllib.loads((course_folder() / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (course_folder() / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.split("==")[0].lower(): line for line in lines if "==" in line}
    names = [re.split(r"[^A-Za-z0-9_.-]", line, maxsplit=1)[0].lower() for line in project["dependencies"]]
    return [pinned[name] for name in names if name in pinned and name != "otter-grader"]


def _package(exercise: str) -> dict[str, bytes]:
    """This package as it runs from a folder on PYTHONPATH: its code, one solution, and what names its version."""
    files = {}
    for folder in ("grader", "tlcore"):
        for path in sorted((ROOT / folder).rglob("*")):
            # An installed wheel keeps every solution there; this package takes one.
            if path.is_file() and not {"__pycache__", "course_files"} & set(path.parts):
                files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    for name in ("pyproject.toml", "constraints.txt", f"solutions/{exercise}.py"):
        files[name] = (course_folder() / name).read_bytes()
    number = version("tl-exercises")
    metadata = f"Metadata-Version: 2.1\nName: tl-exercises\nVersion: {number}\n"
    files[f"tl_exercises-{number}.dist-info/METADATA"] = metadata.encode()
    return files
