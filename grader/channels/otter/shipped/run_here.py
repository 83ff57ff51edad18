"""`python autograder.zip SUBMISSION`: grade one submission on this machine as Gradescope would, without a container.

Takes a notebook, or a zip or folder with one, and writes results.json. Where otter and the packages of requirements.txt
are installed, this needs nothing else. Of a zip or folder, only its notebooks are taken, and no more than a learner may
hand in: a small zip can be made to unpack to any size.
"""

import argparse
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

MAX_BYTES = 300 * 2**20
"""Of all notebooks together. One of more than 200 MiB is not read in any case."""
MAX_NOTEBOOKS = 100
MAX_ENTRIES = 100_000
"""Files of a folder or zip that are looked at."""
MAX_DIRECTORY = 16 * 2**20
"""Bytes of a zip's table of contents, which is read at once; 100,000 entries take less."""
_END = b"PK\5\6"
_END_64 = b"PK\6\7"
_LONGEST_END = 22 + 65_535


class Refused(Exception):
    """What was handed in cannot be unpacked; the message says why and what to do."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python autograder.zip", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("submission", type=Path, help="a notebook, or a zip or folder with one")
    parser.add_argument("-o", "--output-dir", type=Path, default=Path(), help="where results.json goes (default: .)")
    arguments = parser.parse_args()
    if not arguments.submission.exists():
        parser.error(f"{arguments.submission} is not there")
    if not arguments.output_dir.is_dir():
        parser.error(f"{arguments.output_dir} is not a folder: make it first")
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "autograder"
        for folder in ("source", "submission", "results"):
            (home / folder).mkdir(parents=True)
        (home / "submission_metadata.json").write_text(json.dumps({}))
        with zipfile.ZipFile(Path(__file__).parent) as archive:
            archive.extractall(home / "source")
        try:
            hand_in(arguments.submission, home / "submission")
        except (Refused, OSError) as problem:
            print(f"tl: {arguments.submission} was not graded: {problem}", file=sys.stderr)
            return 1
        command = [sys.executable, str(home / "source" / "run_otter.py")]
        path = os.pathsep.join(filter(None, [str(home / "source" / "tl"), os.environ.get("PYTHONPATH")]))
        status = subprocess.run(command, cwd=home, env={**os.environ, "PYTHONPATH": path}).returncode
        results = home / "results" / "results.json"
        if status == 0:
            shutil.copy(results, arguments.output_dir)
        return status


def hand_in(submission: Path, folder: Path) -> None:
    """Put what was handed in where Gradescope would; a file that only calls itself a zip stays the file it is.

    Raises Refused for what is larger than anybody hands in, or cannot be unpacked.
    """
    if submission.is_symlink() and not submission.is_dir():
        shutil.copy(submission, folder, follow_symlinks=False)
    elif submission.is_dir():
        _copy_folder(submission, folder)
    elif not submission.is_file():  # to open a pipe is to wait for somebody who writes
        raise Refused("it is no regular file")
    elif submission.suffix.lower() == ".zip" and zipfile.is_zipfile(submission):
        _unpack(submission, folder)
    elif submission.stat().st_size > MAX_BYTES:
        raise _too_large()
    else:
        shutil.copy(submission, folder, follow_symlinks=False)


def _unpack(submission: Path, folder: Path) -> None:
    _check_directory(submission)
    handed_in = _HandedIn(folder)
    try:
        with zipfile.ZipFile(submission) as archive:
            for entry in archive.infolist():
                path = _inside(entry.filename)
                if path is None or entry.is_dir() or not handed_in.takes(path):
                    continue
                if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise Refused("the zip is compressed in a rare way: grade the notebook itself")
                with archive.open(entry) as packed, open(folder / path, "wb") as file:
                    while piece := packed.read(2**16):
                        handed_in.grows(len(piece))
                        file.write(piece)
    except Refused:
        raise
    except OSError as error:  # a file and a folder of one name, lengths that are lies, a full disk
        raise Refused(f"the zip cannot be unpacked ({error.strerror}): grade the notebook itself") from None
    except Exception as error:  # damaged, encrypted: zipfile and zlib have many words for it
        raise Refused(f"the zip cannot be unpacked ({error}): grade the notebook itself") from None


def _check_directory(submission: Path) -> None:
    """Raises Refused for a zip whose table of contents alone would take more memory than a submission may."""
    with open(submission, "rb") as file:
        file.seek(max(0, submission.stat().st_size - _LONGEST_END - 20))
        tail = file.read()
    # As zipfile looks for it: without a comment at the very end, or else the last one.
    place = len(tail) - 22 if tail[-22:].startswith(_END) and tail.endswith(b"\0\0") else tail.rfind(_END)
    size = int.from_bytes(tail[place + 12 : place + 16], "little")
    if place < 0 or size > MAX_DIRECTORY or _END_64 in tail[max(0, place - 20) : place]:
        raise _too_large()


def _copy_folder(submission: Path, folder: Path) -> None:
    handed_in = _HandedIn(folder)
    for path in _files(submission):
        relative, status = path.relative_to(submission), path.lstat()
        regular = stat.S_ISREG(status.st_mode)
        if handed_in.takes(relative) and (regular or stat.S_ISLNK(status.st_mode)):
            handed_in.grows(status.st_size if regular else 0)
            # A link stays one: it is refused later, with its name.
            shutil.copy(path, folder / relative, follow_symlinks=False)


class _HandedIn:
    """What has been taken of a zip or folder so far: its notebooks, and names of the first few other files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.room, self.entries, self.notebooks, self.named = MAX_BYTES, 0, 0, 0

    def takes(self, path: Path) -> bool:
        """Whether this is a notebook, for which there is a place now. Raises Refused for one file too many."""
        self.entries += 1
        notebook = path.suffix == ".ipynb"
        self.notebooks += notebook
        if self.entries > MAX_ENTRIES or self.notebooks > MAX_NOTEBOOKS:
            raise _too_large()
        if notebook:
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        elif len(path.parts) == 1 and self.named < 10:
            # Empty, and only so that it can be said what was handed in instead of a notebook.
            (self.folder / path).touch()
            self.named += 1
        return notebook

    def grows(self, size: int) -> None:
        """Count `size` bytes. Raises Refused where it is too much."""
        self.room -= size
        if self.room < 0:
            raise _too_large()


def _files(folder: Path) -> Iterator[Path]:
    for inside, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(inside, name) for name in sorted(names))


def _inside(name: str) -> Path | None:
    """Where an entry of a zip goes below the folder; None for one that leads out of it or cannot be a path."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    bad = [part for part in parts if part in ("..", "/") or set(part) & set(":\0") or len(os.fsencode(part)) > 250]
    if bad or not parts or len(parts) > 20 or len(os.fsencode(name)) > 1000:
        return None
    return Path(*parts)


def _too_large() -> Refused:
    return Refused(
        f"it holds more than {MAX_ENTRIES:,} files, {MAX_NOTEBOOKS} notebooks or {MAX_BYTES // 2**20} MiB of them: "
        "grade the notebook itself"
    )


if __name__ == "__main__":
    sys.exit(main())
