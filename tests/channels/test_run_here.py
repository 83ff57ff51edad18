"""`python autograder.zip SUBMISSION` takes a submission's notebooks, and no more than anybody hands in."""

import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.channels.otter.shipped import run_here
from grader.channels.otter.shipped.run_here import Refused, hand_in

MIB = 2**20


def _zip(path: Path, write: Callable[[zipfile.ZipFile], object], **options: int) -> Path:
    with zipfile.ZipFile(path, "w", **({"compression": zipfile.ZIP_DEFLATED} | options)) as archive:
        write(archive)
    return path


def _one_large(archive: zipfile.ZipFile) -> None:
    with archive.open("02_feature_extraction.ipynb", "w", force_zip64=True) as file:
        for _ in range(1_200):
            file.write(bytes(MIB))


def _many_large(archive: zipfile.ZipFile) -> None:
    for number in range(20):
        archive.writestr(f"{number}.ipynb", bytes(20 * MIB))


def _names(archive: zipfile.ZipFile) -> None:
    for number in range(101_000):
        archive.writestr(f"{number}.txt", b"")


def _notebooks(archive: zipfile.ZipFile) -> None:
    for number in range(101):
        archive.writestr(f"{number}.ipynb", b"{}")


def _long_names(archive: zipfile.ZipFile) -> None:
    for number in range(400):
        archive.writestr(f"{number}" + "/x" * 30_000, b"")


BOMBS = {
    "one file": (_one_large, {}),
    "many files": (_many_large, {}),
    "names": (_names, {}),
    "notebooks": (_notebooks, {}),
    "a table of contents": (_long_names, {}),
    "lzma": (lambda archive: archive.writestr("a.ipynb", bytes(MIB)), {"compression": zipfile.ZIP_LZMA}),
    "bzip2": (lambda archive: archive.writestr("a.ipynb", bytes(MIB)), {"compression": zipfile.ZIP_BZIP2}),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_zip_made_to_fill_the_disk_is_refused(name: str, tmp_path: Path):
    write, options = BOMBS[name]
    packed, folder = _zip(tmp_path / "bomb.zip", write, **options), tmp_path / "submission"
    assert packed.stat().st_size < 60 * MIB
    folder.mkdir()
    started = time.process_time()
    with pytest.raises(Refused, match="grade the notebook itself"):
        hand_in(packed, folder)
    assert time.process_time() - started < 20
    assert sum(path.stat().st_size for path in folder.rglob("*")) <= run_here.MAX_BYTES


def test_lies_about_lengths_are_no_way_round(tmp_path: Path):
    packed = _zip(tmp_path / "lie.zip", lambda archive: archive.writestr("a.ipynb", bytes(400 * MIB)))
    data = packed.read_bytes()
    length = (400 * MIB).to_bytes(4, "little")
    assert data.count(length) == 2
    packed.write_bytes(data.replace(length, (10).to_bytes(4, "little")))
    (tmp_path / "out").mkdir()
    with pytest.raises(Refused):
        hand_in(packed, tmp_path / "out")
    assert sum(path.stat().st_size for path in (tmp_path / "out").rglob("*")) <= run_here.MAX_BYTES


def test_only_what_is_needed_is_taken_and_nothing_lands_outside(tmp_path: Path):
    def write(archive: zipfile.ZipFile) -> None:
        archive.writestr("hw/02.ipynb", b"{}")
        archive.writestr("data.bin", bytes(500 * MIB))
        for name in ("../out.ipynb", "/out.ipynb", "a/../../out.ipynb", "..\\out.ipynb", "C:\\out.ipynb", "x" * 300):
            archive.writestr(name, b"{}")

    folder = tmp_path / "a" / "b" / "submission"
    folder.mkdir(parents=True)
    hand_in(_zip(tmp_path / "hw.zip", write), folder)
    found = {str(path.relative_to(tmp_path)): path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()}
    del found["hw.zip"]
    assert found == {"a/b/submission/hw/02.ipynb": 2, "a/b/submission/data.bin": 0}


@pytest.mark.parametrize("how", ["damaged", "encrypted", "a file where a folder is"])
def test_a_zip_that_cannot_be_unpacked_says_so(how: str, tmp_path: Path):
    def write(archive: zipfile.ZipFile) -> None:
        archive.writestr("a.ipynb", os.urandom(1000))
        if how == "a file where a folder is":
            archive.writestr("a.ipynb/b.ipynb", b"{}")

    packed = _zip(tmp_path / "x.zip", write)
    data = bytearray(packed.read_bytes())
    if how == "damaged":
        data[100:200] = bytes(100)
    elif how == "encrypted":
        for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            data[data.index(mark) + place] |= 1
    packed.write_bytes(data)
    (tmp_path / "out").mkdir()
    with pytest.raises((Refused, OSError)):
        hand_in(packed, tmp_path / "out")


def test_of_a_folder_too_only_notebooks_are_taken_and_no_link_is_followed(tmp_path: Path):
    source, folder = tmp_path / "source", tmp_path / "submission"
    (source / "deep").mkdir(parents=True)
    folder.mkdir()
    (source / "deep" / "02.ipynb").write_text("{}")
    with open(source / "large.bin", "wb") as file:
        file.truncate(2**40)
    os.mkfifo(source / "pipe.ipynb")
    (source / "link.ipynb").symlink_to("/etc/passwd")
    (source / "elsewhere").symlink_to("/etc")
    hand_in(source, folder)
    found = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())
    assert found == ["deep/02.ipynb", "large.bin", "link.ipynb"] and (folder / "link.ipynb").is_symlink()
    with open(source / "huge.ipynb", "wb") as file:
        file.truncate(2**40)
    with pytest.raises(Refused):
        hand_in(source, folder)
    with pytest.raises(Refused):
        hand_in(source / "huge.ipynb", folder)
    with pytest.raises(Refused, match="no regular file"):
        hand_in(source / "pipe.ipynb", folder)


def test_what_calls_itself_a_zip_and_is_a_pipe_or_a_link_is_not_opened(tmp_path: Path):
    folder = tmp_path / "submission"
    folder.mkdir()
    os.mkfifo(tmp_path / "pipe.zip")
    with pytest.raises(Refused, match="no regular file"):
        hand_in(tmp_path / "pipe.zip", folder)
    for name, target in (("zero.zip", "/dev/zero"), ("a.zip", "other.zip")):
        (tmp_path / name).symlink_to(target)
        hand_in(tmp_path / name, folder)
        assert (folder / name).is_symlink()


def test_names_that_do_not_go_together_are_said_in_words(tmp_path: Path):
    def packed_with(*names: str) -> Path:
        return _zip(tmp_path / "a.zip", lambda archive: [archive.writestr(name, b"{}") for name in names])

    for number, names in enumerate([("a.ipynb", "a.ipynb/b.ipynb"), ("a.ipynb/b.ipynb", "a.ipynb")]):
        packed, folder = packed_with(*names), tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(Refused, match="cannot be unpacked") as refused:
            hand_in(packed, folder)
        assert str(tmp_path) not in str(refused.value)
    # A path that no disk takes is one entry's, not the notebook's beside it.
    long = "/".join(["e" * 240] * 19) + "/a.ipynb"
    folder = tmp_path / "out"
    folder.mkdir()
    hand_in(packed_with(long, "02.ipynb"), folder)
    assert [path.name for path in folder.rglob("*")] == ["02.ipynb"]


def test_the_command_says_why_and_writes_no_result(tmp_path: Path):
    package = _zip(tmp_path / "autograder.zip", lambda archive: archive.write(run_here.__file__, "__main__.py"))
    bomb = _zip(tmp_path / "bomb.zip", _one_large)
    done = subprocess.run([sys.executable, package, bomb, "-o", tmp_path], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1 and "was not graded: it holds more than" in done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "results.json").exists()
