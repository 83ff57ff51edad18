"""`tl release --to learners`: what a learner installs is enough to learn from, and useless to cheat with."""

from __future__ import annotations

import hashlib
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

from grader.channels.learners.wheel import wheel_bytes, zip_bytes
from grader.channels.releasing import ReleaseRefused, built_notebook
from grader.exercise.catalogue import ROOT, course_folder, load_exercise
from grader.files import write_atomic
from grader.sandbox.visible import is_open

FOLDER = "transfer-learning"
"""The folder inside the zip."""

NEEDED = (
    "torch transformers peft safetensors numpy scikit-learn matplotlib tqdm ipython ipywidgets jupyterlab jinja2 typer "
    "packaging psutil"
).split()
"""Requirements of the open part; their versions are those of pyproject.toml."""

SHIPPED = Path(__file__).parent / "shipped"

_README = """\
# Exercises on transfer learning

{exercises}

{first}Each notebook can be done by itself; if you do several, begin with the lowest number. A notebook with
another number that a text speaks of is not in this bundle. You should know Python, and have trained a small network in
PyTorch.

## Install, once

You need Python {python}. It takes about five minutes: 0.5 GB to download, 1.7 GB on disk.

Open a terminal in this folder (the one with this file) and make an environment, which keeps all this apart from your
other work. On many machines `python` is called `python3`; on Windows it may be `py`.

    python -m venv .venv
    . .venv/bin/activate

On Windows the second line is `.venv\\Scripts\\activate`.

**Only on Linux with an Intel or AMD processor:** take the build of PyTorch without CUDA. With CUDA it is more than 2 GB
to download and 6 GB on disk, and every exercise here is made for a processor.

    python -m pip install "torch=={torch}+cpu"

If pip finds no such version, tell it where that build is and try again: set the environment variable
`PIP_EXTRA_INDEX_URL` to the address that pytorch.org shows under *Start Locally* for Linux, Pip, Python, CPU. Or go on
without: everything works, it is only larger.

Then install everything:

    python -m pip install -c constraints.txt "./{wheel}"

## Every time

Open a terminal in this folder, activate the environment, and start:

    . .venv/bin/activate
    tl-learner

On Windows the first line is `.venv\\Scripts\\activate`. `tl-learner` puts the notebooks into the folder
`my-notebooks` and opens JupyterLab in your browser. Start it in this folder each time: in another one it makes a new
`my-notebooks`, without your work. To stop, save, then press Ctrl-C twice in the terminal.

In a notebook, Shift+Enter runs a cell and goes to the next. Read, fill the blank, delete the line that begins with
`raise`, run the cell, and run the check below it: it says what was seen, what was expected, and where to look.

## A newer bundle

Unpack it where you unpacked this one, and install again. Nothing that you wrote is overwritten: the bundle holds no
notebook outside its wheel, and `tl-learner` leaves every notebook that is there as it is; where an exercise has
changed, the new one is put beside yours.
"""


def write_bundle(out: Path, names: list[str]) -> Path:
    """Write the bundle of the exercises called `names`; its path, `out` itself if it ends in .zip, else a file in it.

    Raises ReleaseRefused for a file that is there already, or an exercise that has not been built.
    """
    path = out if out.suffix == ".zip" else out / f"{FOLDER}-{version('tl-exercises')}.zip"
    if path.exists():
        raise ReleaseRefused(f"{path} is there already: name another, nothing was changed")
    if out.suffix != ".zip" and out.exists() and not out.is_dir():
        raise ReleaseRefused(f"{out} is a file: name a folder, or a new .zip")
    files, readme = bundle_files(names)
    write_atomic(path, zip_bytes({f"{FOLDER}/{name}": data for name, data in {**files, "README.md": readme}.items()}))
    return path


def bundle_files(names: list[str]) -> tuple[dict[str, bytes], bytes]:
    """The wheel and its versions by file name, and the page that says how to begin."""
    project = tomllib.loads((course_folder() / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wheel, data = learner_wheel(names, project)
    files = {wheel: data, "constraints.txt": (course_folder() / "constraints.txt").read_bytes()}
    lines = [f"- {name[:2]} {load_exercise(name).title} ({load_exercise(name).minutes} minutes)" for name in names]
    python = project["requires-python"].removeprefix(">=") + " or later"
    torch = re.search(rb"^torch==(\S+)", files["constraints.txt"], re.MULTILINE)
    assert torch is not None
    text = _README.format(
        python=python,
        wheel=wheel,
        torch=torch[1].decode(),
        exercises="\n".join(lines),
        first=_begin_with(names),
    )
    return files, text.encode()


def _begin_with(names: list[str]) -> str:
    """A paragraph on the notebook to begin with, 00; empty if it is not among these."""
    first = next((load_exercise(name) for name in names if name.startswith("00_")), None)
    if first is None:
        return ""
    return (
        f"**Begin with `{first.name}.ipynb`**, a few days before the workshop; the first time, JupyterLab opens "
        "with it. Its first cell shows whether everything works here, and "
        f"{len(first.questions)} short questions ask what you "
        "should know.\n\n"
    )


def learner_wheel(names: list[str], project: dict[str, object]) -> tuple[str, bytes]:
    """File name and content of the wheel `tl-learner`: the open part of tlcore, the notebooks, and their command."""
    files = open_part()
    for path in sorted(SHIPPED.rglob("*.py")):
        files[path.relative_to(SHIPPED).as_posix()] = path.read_bytes()
    for name in names:
        files[f"tl_learner/notebooks/{name}.ipynb"] = built_notebook(name)
    digest = hashlib.sha256(b"".join(name.encode() + data for name, data in sorted(files.items()))).hexdigest()
    # pip installs over another version only: other content is another version.
    number = f"{version('tl-exercises')}+{digest[:8]}"
    data = wheel_bytes(
        "tl_learner",
        number,
        "Exercises on transfer learning, for learners",
        str(project["requires-python"]),
        _requirements(project["dependencies"]),
        {"tl-learner": "tl_learner.__main__:main"},
        files,
    )
    return f"tl_learner-{number}-py3-none-any.whl", data


def open_part() -> dict[str, bytes]:
    """Every file of the open part of tlcore."""
    source = ROOT / "tlcore"
    files = {}
    for path in sorted(source.rglob("*")):
        inside = path.relative_to(source)
        if path.is_file() and is_open(inside.parts[0]) and "__pycache__" not in inside.parts:
            files[f"tlcore/{inside.as_posix()}"] = path.read_bytes()
    return files


def _requirements(dependencies: object) -> list[str]:
    assert isinstance(dependencies, list)
    by_name = {re.split(r"[^A-Za-z0-9_.-]", line, maxsplit=1)[0].lower(): line for line in dependencies}
    return [by_name[name] for name in NEEDED]
