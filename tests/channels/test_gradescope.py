"""The autograder.zip where Gradescope would unpack it: at /autograder, with its own run_autograder, in a container.

The container is bubblewrap with the machine's programs: what setup.sh would install is there already, and the checkout
is not. Neither Gradescope's image nor setup.sh is run.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from channel_cases import EXERCISE, KEY, Run

from grader.exercise.catalogue import ROOT, load_exercise

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
MOST = load_exercise(EXERCISE).max_points

HandIn = Callable[[Path], object]


@pytest.fixture(scope="module")
def package(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The autograder.zip of the exercise."""
    base = tmp_path_factory.mktemp("gradescope")
    run("grader.cli", "release", "out", "--to", "otter", "-e", EXERCISE, "--key", KEY, cwd=base)
    return base / "out" / EXERCISE / "autograder.zip"


def _gradescope(package: Path, home: Path, hand_in: HandIn) -> tuple[dict, str]:
    """What Gradescope would read from /autograder/results/results.json, and what was printed."""
    for folder in ("submission", "results"):
        (home / folder).mkdir(parents=True)
    with zipfile.ZipFile(package) as archive:
        archive.extractall(home / "source")
    (home / "submission_metadata.json").write_text(json.dumps({"users": [{"email": "zoe@example.org"}]}))
    hand_in(home / "submission")
    done = subprocess.run(
        [*_container(home), "bash", "/autograder/source/run_autograder"],
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": "/tmp", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=280,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return json.loads((home / "results" / "results.json").read_text(encoding="utf-8")), said


def _container(home: Path) -> list[str]:
    """A machine with the same programs, /autograder, an empty /tmp, and no checkout but its .venv."""
    command = ["bwrap", "--unshare-pid", "--die-with-parent"]
    for entry in sorted(os.scandir("/"), key=lambda e: e.name):
        if entry.is_symlink():
            command += ["--symlink", os.readlink(entry.path), entry.path]
        elif entry.is_dir() and entry.name not in ("proc", "dev", "tmp", "autograder"):
            command += ["--ro-bind", entry.path, entry.path]
    command += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
    command += ["--tmpfs", str(ROOT), "--ro-bind", sys.prefix, sys.prefix, "--bind", str(home), "/autograder"]
    return command


def _copy(*names: str) -> Callable[[Path], HandIn]:
    def put(submitted: Path) -> HandIn:
        def hand_in(folder: Path) -> None:
            for name in names:
                (folder / name).parent.mkdir(exist_ok=True)
                shutil.copy(submitted, folder / name)

        return hand_in

    return put


@pytest.mark.parametrize(
    "put",
    [
        _copy(f"{EXERCISE}.ipynb"),
        _copy("my folder/mine.ipynb", "__MACOSX/._mine.ipynb", ".ipynb_checkpoints/mine-checkpoint.ipynb"),
        lambda path: lambda folder: (folder / "mine.ipynb").write_bytes(b"\xef\xbb\xbf" + path.read_bytes()),
    ],
    ids=["notebook", "folder", "byte order mark, which otter cannot read"],
)
def test_points_and_messages_are_those_of_tl_grade(
    put: Callable[[Path], HandIn], package: Path, submissions: Path, native: dict, tmp_path: Path
):
    results, said = _gradescope(package, tmp_path / "home", put(submissions / "wrong" / f"{EXERCISE}.ipynb"))
    found = {test["name"]: test for test in results["tests"]}
    for question in native["wrong"]["questions"]:
        assert found[question["id"]]["score"] == pytest.approx(question["points"], abs=1e-4)
        assert found[question["id"]]["max_score"] == question["max_points"]
        assert question["message"] in found[question["id"]]["output"]
    assert "the strongest isolation here is" in said


@pytest.mark.parametrize(
    ("put", "message"),
    [
        (_copy(f"{EXERCISE}.ipynb"), "the file is not a notebook (not JSON): open it in Jupyter"),
        (_copy("a.ipynb", "b.ipynb"), f"there are 2 notebooks for {EXERCISE} (a.ipynb, b.ipynb): keep one, {EXERCISE}"),
        (_copy("report.pdf"), f"no notebook was handed in (there is report.pdf): hand in {EXERCISE}.ipynb"),
        (_copy(), f"no notebook was handed in: hand in {EXERCISE}.ipynb"),
        (lambda path: lambda folder: (folder / "x.ipynb").symlink_to(path), "the file is a symbolic link"),
    ],
    ids=["not-json", "two-notebooks", "pdf", "nothing", "link"],
)
def test_what_cannot_be_graded_is_told_in_the_results(
    put: Callable[[Path], HandIn], message: str, package: Path, submissions: Path, tmp_path: Path
):
    results, said = _gradescope(package, tmp_path / "home", put(submissions / "not-json" / f"{EXERCISE}.ipynb"))
    (test,) = results["tests"]
    assert (test["score"], test["max_score"], test["visibility"]) == (0, MOST, "visible")
    assert message in test["output"] and message in results["output"] and message in said
    assert results["extra_data"]["status"] == "not_graded"
    assert "Traceback" not in said


def test_the_zip_runs_by_itself(package: Path, submissions: Path, native: dict, tmp_path: Path):
    """`python autograder.zip SUBMISSION`: a notebook, a zip of two, and a file that only calls itself a zip."""
    two, no_zip = tmp_path / "two.zip", tmp_path / "no.zip"
    with zipfile.ZipFile(two, "w") as archive:
        for name in ("a.ipynb", "b.ipynb"):
            archive.writestr(name, "{}")
    no_zip.write_text("not a zip")
    wrong = submissions / "wrong" / f"{EXERCISE}.ipynb"
    expected = {wrong: native["wrong"]["points"], two: 0, no_zip: 0}
    said = {wrong: "points", two: "there are 2 notebooks", no_zip: "no notebook was handed in (there is no.zip)"}
    for number, (submission, points) in enumerate(expected.items()):
        out = tmp_path / f"out-{number}"
        out.mkdir()
        done = subprocess.run(
            [sys.executable, package, submission, "-o", out], cwd=out, capture_output=True, text=True, timeout=280
        )
        assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
        results = json.loads((out / "results.json").read_text(encoding="utf-8"))
        assert sum(test["score"] for test in results["tests"]) == pytest.approx(points, abs=1e-4)
        assert said[submission] in results["output"]
