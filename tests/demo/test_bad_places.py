"""Bad input that the demo class cannot hold: places that cannot be written, names that are paths, all at once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell

from grader.authoring.notebook import to_bytes
from grader.demo.classroom_files import CLASSROOM, solved, submission
from grader.grading import Settings, grade_class
from grader.grading.submission import not_graded
from grader.pages import write_pages
from grader.results import RecordStore

EXERCISE = "02_feature_extraction"
TL = [sys.executable, "-m", "grader.cli"]
HOSTILE = ["../x", "..", "/etc/passwd", "<script>alert(1)</script>", "a\\b", "CON", "-rf", "Zoë O'Neil", "zoë o'neil"]


WITH_SMALL_FILES = """
import resource, sys
from pathlib import Path
from grader.grading import Settings, grade_class
from grader.results import OutputFull

def started(*seen):
    resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384))

try:
    grade_class(Path(sys.argv[1]), Path(sys.argv[2]), Settings(isolation="none", key="k"), progress=started)
except OutputFull as error:
    print(f"error: {error}", file=sys.stderr)
    sys.exit(2)
"""
"""As a full disk, where none may be mounted: once the sandbox has started, no file may be larger than 16 KiB."""


def write(folder: Path, learner: str, data: bytes) -> None:
    path = folder / learner / f"{EXERCISE}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(data)


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    """Three notebooks that differ in nothing."""
    folder = tmp_path / "submissions"
    for learner in ("anna", "bert", "cleo"):
        write(folder, learner, to_bytes(solved(EXERCISE)))
    return folder


def tl_grade(submissions: Path, out: Path, *wrapper: str) -> subprocess.CompletedProcess[str]:
    # Our own solutions need no sandbox, and a wrapped namespace may have none.
    command = [*wrapper, *TL, "grade", str(submissions), "--out", str(out), "--isolation", "none", "--key", "k"]
    return subprocess.run(command, capture_output=True, text=True, timeout=240)


def on_a_disk_of(size: str, folder: Path) -> list[str] | None:
    """A command prefix that mounts a small disk on `folder`; None where this machine does not allow it."""
    mount = f'mount -t tmpfs -o size={size} tmpfs "$0" && exec "$@"'
    prefix = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, str(folder)]
    try:
        return prefix if subprocess.run([*prefix, "true"], capture_output=True).returncode == 0 else None
    except FileNotFoundError:
        return None


def test_a_read_only_output_folder(submissions: Path) -> None:
    """/sys takes no new folder, not even from root."""
    done = tl_grade(submissions, Path("/sys/graded"))
    assert done.returncode == 2
    assert "/sys/graded" in done.stderr and "choose another --out" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.slow
def test_a_disk_that_fills_up_while_grading(submissions: Path, tmp_path: Path) -> None:
    """It stops with what to do, and what was written is whole. A second run on a larger disk grades the rest."""
    out = tmp_path / "graded"
    out.mkdir()
    # A record takes 40 kB, and is written beside the one that it replaces: there is room for one of the three, not for
    # all.
    disk = on_a_disk_of("100k", out)
    if disk is None:
        command = [sys.executable, "-c", WITH_SMALL_FILES, str(submissions), str(out)]
        full = subprocess.run(command, capture_output=True, text=True, timeout=240)
    else:
        keep = 'sh -c \'"$@"; status=$?; cp -r "$0/." "$0.kept"; exit $status\''
        script = f'{keep} {out} "$@"'
        full = tl_grade(submissions, out, *disk, "sh", "-c", script, "sh")
    assert full.returncode == 2, full.stderr
    assert "no space left while writing" in full.stderr and "run the same command again" in full.stderr
    assert "Traceback" not in full.stderr
    kept = RecordStore(Path(f"{out}.kept") if disk else out).load_all()
    assert kept.damaged == [] and len(kept.records) < 3
    again = tl_grade(submissions, Path(f"{out}.kept") if disk else out)
    assert again.returncode == 0, again.stderr
    resumed = f", {len(kept.records)} of them from an earlier run" if kept.records else ""
    assert f"3 graded, 0 not graded{resumed}" in again.stdout


def test_learners_whose_names_are_paths_or_markup(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "graded"
    store = RecordStore(out)
    with store.lock():
        for learner in HOSTILE:
            store.write(not_graded(None, None, learner, "", "full", "the file is empty", EXERCISE))
        store.write_results("0.1.0", "full")
    records = list(store.records())
    assert {record.learner for record in records} == set(HOSTILE)
    index = write_pages(out, records).read_text(encoding="utf-8")
    outside = [path for path in tmp_path.rglob("*") if path.is_file() and out not in path.parents]
    assert outside == []
    assert len({path.name.lower() for path in (out / "feedback").iterdir()}) == len(HOSTILE)
    assert "<script>alert" not in index and "&lt;script&gt;alert(1)&lt;/script&gt;" in index
    seen = json.loads((out / "results.json").read_text(encoding="utf-8"))["submissions"]
    assert {each["learner"] for each in seen} == set(HOSTILE)


@pytest.mark.slow
def test_everything_at_once_costs_only_what_it_breaks(tmp_path: Path) -> None:
    """One notebook: metadata lost, a cell twice, a syntax error, a dead process, exit(); one answer is right."""
    notebook = solved(EXERCISE)
    broken = {
        "freeze": "def freeze(module:\n    return module",
        "replace_head": "import os\ndef replace_head(model, n_classes):\n    os._exit(1)",
        "frozen_backbone": "class FrozenBackbone:\n    def __init__(self, backbone, head):\n        raise SystemExit",
        "extract_features": "def extract_features(model, loader):\n    return extract_features(model, loader)",
    }
    for cell in notebook.cells:
        cell.source = broken.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        cell.metadata.pop("nbgrader", None)
    notebook.cells.insert(0, new_code_cell("1 / 0\nundefined(\n", id="first"))
    submissions = tmp_path / "submissions"
    write(submissions, "unlucky", to_bytes(notebook))
    write(submissions, "neighbour", to_bytes(submission(CLASSROOM / "ada" / f"{EXERCISE}.py")))
    write(submissions, "no-json", b"{")
    summary = grade_class(submissions, tmp_path / "out", Settings(jobs=2, isolation="best", time_limit=15.0, key="k"))
    assert (summary.graded, summary.not_graded) == (2, 1)
    records = {record.learner: record for record in RecordStore(tmp_path / "out").records()}
    assert records["neighbour"].points == records["neighbour"].max_points > 0
    unlucky = records["unlucky"]
    *lost, prepared = unlucky.questions
    assert [q.points for q in lost] == [0.0] * 4 and prepared.points == prepared.max_points > 0
    said = [q.message for q in unlucky.questions]
    assert said[0].startswith("Python cannot read the cell")
    assert said[1].startswith("Your answer ended the Python process")
    assert said[2].startswith("Your answer called exit()")
    assert said[3].startswith("Your answer raised RecursionError")
    assert len(unlucky.remarks) == 5 and all("had lost its metadata" in remark for remark in unlucky.remarks)
