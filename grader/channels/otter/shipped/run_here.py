"""`python autograder.zip SUBMISSION`: grade one submission on this machine as Gradescope would, without a container.

Takes a notebook, or a zip or folder with one, and writes results.json. Where otter and the packages of requirements.txt
are installed, this needs nothing else.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path


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
        hand_in(arguments.submission, home / "submission")
        command = [sys.executable, str(home / "source" / "run_otter.py")]
        path = os.pathsep.join(filter(None, [str(home / "source" / "tl"), os.environ.get("PYTHONPATH")]))
        status = subprocess.run(command, cwd=home, env={**os.environ, "PYTHONPATH": path}).returncode
        results = home / "results" / "results.json"
        if status == 0:
            shutil.copy(results, arguments.output_dir)
        return status


def hand_in(submission: Path, folder: Path) -> None:
    """Put what was handed in where Gradescope would; a file that only calls itself a zip stays the file it is."""
    if submission.is_dir():
        shutil.copytree(submission, folder, symlinks=True, dirs_exist_ok=True)
    elif zipfile.is_zipfile(submission) and submission.suffix == ".zip":
        with zipfile.ZipFile(submission) as archive:
            archive.extractall(folder)
    else:
        shutil.copy(submission, folder, follow_symlinks=False)


if __name__ == "__main__":
    sys.exit(main())
