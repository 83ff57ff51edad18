"""`tl collect` as an instructor types it, and `tl grade` on what it wrote."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.authoring.notebook import to_bytes
from grader.demo.classroom_files import CLASSROOM, submission

FEATURES = "02_feature_extraction"
FIRST = "Ada Ben Carla Deniz Emeka Fatima Giulia Hiro Inês Jonas".split()
LAST = "Lovelace O'Neil 林 García-Márquez".split()


@pytest.fixture(scope="module")
def notebooks() -> list[bytes]:
    """The notebooks 02 of the demo class."""
    return [to_bytes(submission(path)) for path in sorted(CLASSROOM.glob(f"*/{FEATURES}.py"))]


@pytest.fixture
def forty(tmp_path: Path, notebooks: list[bytes]) -> Path:
    """A Canvas download of forty, some late, some handed in again; beside it the roster of forty-one."""
    import zipfile

    rows = ["Student,ID,SIS User ID,SIS Login ID,Section", "    Points Possible,,,,"]
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(41):
            first, last = FIRST[number % 10], LAST[number // 10 % 4]
            name = "".join(c for c in f"{last}{first}".lower() if c.isalnum()) if number < 40 else "lovelaceada"
            rows.append(f'"{last}, {first}",{7000 + number},x{number},s{number},A')
            if number == 12:
                continue
            late = "_LATE" if number % 7 == 3 else ""
            data = notebooks[number % len(notebooks)]
            archive.writestr(f"{name}{late}_{7000 + number}_{90000 + number}_{FEATURES}.ipynb", data)
            if number % 9 == 4:
                archive.writestr(f"{name}{late}_{7000 + number}_{95000 + number}_{FEATURES}-1.ipynb", data + b"\n")
    (tmp_path / "roster.csv").write_text("\n".join(rows) + "\n", encoding="utf-8-sig")
    return tmp_path / "submissions.zip"


def test_forty_from_canvas(tl, forty: Path, tmp_path: Path):
    into = tmp_path / "submissions"
    run = tl("collect", forty, "--into", into, "--roster", tmp_path / "roster.csv")
    assert (run.returncode, run.stderr.count("not counted: ")) == (0, 5), run.stderr
    assert "40 notebooks of 40 learners: 40 new, 0 replaced, 0 as before" in run.stdout
    assert "handed in nothing: 林, Carla (7022)" not in run.stderr
    assert "handed in nothing: O'Neil, Carla (7012)" in run.stderr
    folders = sorted(path.name for path in into.iterdir() if path.is_dir())
    assert len(folders) == 40 and {"lovelace_ada_7000", "lovelace_ada_7040", "garcía-márquez_inês"} <= set(folders)
    collected = json.loads((into / "collected.json").read_text())
    assert sum(entry["late"] for entry in collected["entries"]) == 6

    again = tl("collect", forty, "--into", into)
    assert "40 notebooks of 40 learners: 0 new, 0 replaced, 40 as before" in again.stdout


@pytest.mark.slow
def test_what_was_collected_is_graded(tl, forty: Path, tmp_path: Path):
    into, out = tmp_path / "submissions", tmp_path / "graded"
    tl("collect", forty, "--into", into, "--roster", tmp_path / "roster.csv")
    graded = tl("grade", into, "--out", out, "--isolation", "none", "--only", "lovelace_ben", "--only", "o_neil_ben")
    assert graded.returncode == 0, graded.stderr
    assert "2 graded, 0 not graded" in graded.stdout and "passed over" not in graded.stderr
    assert (out / "collected.json").read_bytes() == (into / "collected.json").read_bytes()


def test_what_was_not_taken_is_status_1_and_nothing_hostile_is_printed(tl, tmp_path: Path, notebooks: list[bytes]):
    folder = tmp_path / "d"
    (folder / "ada").mkdir(parents=True)
    (folder / "ada" / f"{FEATURES}.ipynb").write_bytes(notebooks[0])
    (folder / "ada" / "\x1b[31mwork.rar").write_bytes(b"")
    run = tl("collect", folder, "--into", tmp_path / "in", "--json")
    assert run.returncode == 1 and "\x1b" not in run.stderr + run.stdout
    assert "an archive that is not unpacked: ask for the notebook itself" in run.stderr
    assert json.loads(run.stdout)["platform"] == "zip"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.zip"], "none.zip is not there"),
        (["none.zip", "--as", "ada"], "'ada' is not WHO=LEARNER"),
        (["none.zip", "--roster", "none.csv"], "none.csv cannot be read"),
        (["none.zip", "--from", "blackboard"], "blackboard"),
    ],
)
def test_what_cannot_be_done_is_status_2(tl, tmp_path: Path, arguments: list[str], said: str):
    run = tl("collect", *arguments, "--into", tmp_path / "in")
    assert (run.returncode, run.stdout) == (2, "") and said in run.stderr and "Traceback" not in run.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_on_a_terminal_it_asks(tmp_path: Path, notebooks: list[bytes]):
    import pty

    folder = tmp_path / "d" / "Ada Lovelace"
    folder.mkdir(parents=True)
    (folder / f"{FEATURES}.ipynb").write_bytes(notebooks[0])
    (tmp_path / "roster.csv").write_text("Name,Number\nAda Lovelace,1\nAda Lovelace,2\n")
    ours, theirs = pty.openpty()
    command = [Path(sys.executable).parent / "tl", "collect", tmp_path / "d", "--into", tmp_path / "in"]
    command += ["--roster", tmp_path / "roster.csv"]
    with subprocess.Popen(list(map(str, command)), stdin=theirs, stdout=theirs, stderr=theirs) as run:
        os.write(ours, b"2\n")
        assert run.wait(60) == 0
    said = os.read(ours, 65536).decode()
    assert "Who is Ada Lovelace?" in said and "1  Ada Lovelace (1)" in said
    assert (tmp_path / "in" / "ada_lovelace_2" / f"{FEATURES}.ipynb").is_file()
