"""`make setup` where something is missing. The way where all is there is walked by whoever runs these tests at all."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = ("sh", "cat", "cksum", "dirname", "grep", "id", "rm", "uname", "sed", "mkdir", "cp", "chmod")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a space in its path, and beside it a bin/ with the little that a bare machine has."""
    root = tmp_path / "a checkout"
    (root / "tools").mkdir(parents=True)
    for name in ("pyproject.toml", "constraints.txt", "Makefile", "tools/setup"):
        shutil.copy(ROOT / name, root / name)
    (tmp_path / "bin").mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        assert found, name
        # A script that starts the program, never a link to it: a test may write another program in its place.
        program(root, name, f'exec {found} "$@"')
    return root


def program(checkout: Path, name: str, script: str) -> None:
    path = checkout.parent / "bin" / name
    assert not path.is_symlink()  # writing through a link would change this machine's own program
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def setup(checkout: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(checkout.parent / "bin"), **variables}
    command = ["sh", str(checkout / "tools" / "setup")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280)


# A Python that makes environments and installs into them by doing nothing; what it was asked goes to `asked`.
WORKING = """
echo "$*" >>"$LOG"
case "$*" in
    "-m venv .venv") mkdir -p .venv/bin; cp "$0" .venv/bin/python; chmod +x .venv/bin/python ;;
    --version) echo Python 3.99 ;;
esac
"""


def test_what_is_installed_can_be_read_by_all(checkout: Path, tmp_path: Path):
    """With a umask of 077 the user that root becomes in the sandbox could read no package."""
    program(checkout, "python3", WORKING)
    before = os.umask(0o077)
    try:
        run = setup(checkout, LOG=str(tmp_path / "log"))
    finally:
        os.umask(before)
    assert run.returncode == 0
    assert {path.stat().st_mode & 0o044 for path in (checkout / ".venv").rglob("*")} == {0o044}


def test_no_python_that_is_new_enough(checkout: Path):
    program(checkout, "python3", "exit 1")
    run = setup(checkout)
    assert run.returncode == 2
    assert "no Python 3.11 or later was found" in run.stderr
    assert "make PYTHON=/path/to/python3.12" in run.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_that_cannot_make_environments(checkout: Path):
    program(checkout, "python3", 'case "$*" in *ensurepip*) exit 1 ;; esac')
    program(checkout, "id", "echo 1000")
    run = setup(checkout)
    assert run.returncode == 2
    assert "apt-get install python3-venv" in run.stderr


def test_a_second_run_is_instant_and_a_move_or_a_new_version_is_not(checkout: Path, tmp_path: Path):
    log = tmp_path / "log"
    program(checkout, "python3", WORKING)
    program(checkout, "bwrap", "")
    run = setup(checkout, LOG=str(log))
    assert (run.returncode, run.stderr.splitlines()[-1]) == (0, "setup: done. Commands: .venv/bin/tl --help")
    assert "-m pip install --quiet --disable-pip-version-check -c constraints.txt -e .[dev]" in log.read_text()
    log.unlink()
    run = setup(checkout, LOG=str(log))
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert not log.exists()

    with (checkout / "constraints.txt").open("a") as file:
        file.write("# a new line\n")
    assert "installing the packages" in setup(checkout, LOG=str(log)).stderr
    assert "-m venv" not in log.read_text()

    moved = checkout.rename(checkout.with_name("moved"))
    assert "this checkout was moved; making .venv anew" in setup(moved, LOG=str(log)).stderr
    assert "-m venv" in log.read_text()


@pytest.mark.parametrize(("user", "installs"), [("1000", False), ("0", True)])
def test_bubblewrap_is_installed_by_root_on_debian_or_explained(
    checkout: Path, tmp_path: Path, user: str, installs: bool
):
    log = tmp_path / "log"
    program(checkout, "python3", WORKING)
    program(checkout, "id", f"echo {user}")
    program(checkout, "uname", "echo Linux")
    program(checkout, "apt-get", f'echo "apt-get $*" >>"$LOG"; cp "$0" "{checkout.parent}/bin/bwrap"')
    run = setup(checkout, LOG=str(log))
    assert run.returncode == 0
    asked = [line for line in log.read_text().splitlines() if line.startswith("apt-get")]
    assert [line.split()[1] for line in asked] == (["update", "install"] if installs else [])
    assert ("bubblewrap is missing" in run.stderr) is not installs


def test_a_failing_apt_does_not_stop_the_set_up(checkout: Path, tmp_path: Path):
    program(checkout, "python3", WORKING)
    program(checkout, "id", "echo 0")
    program(checkout, "uname", "echo Linux")
    program(checkout, "apt-get", "exit 100")
    run = setup(checkout, LOG=str(tmp_path / "log"))
    assert run.returncode == 0
    assert "apt-get install bubblewrap" in run.stderr
    assert (checkout / ".venv" / ".ready").exists()


# As WORKING, but pip knows no build of torch without CUDA.
WITHOUT_CPU_BUILD = WORKING + 'case "$*" in *torch==*+cpu*) echo "no matching distribution" >&2; exit 1 ;; esac\n'


@pytest.mark.parametrize(
    ("python", "machine", "asked", "size"),
    [
        (WORKING, "Linux x86_64", True, "0.5 GB to download"),
        (WITHOUT_CPU_BUILD, "Linux x86_64", True, "more than 2 GB to download"),
        (WORKING, "Linux aarch64", False, "0.5 GB to download"),
        (WORKING, "Darwin x86_64", False, "0.5 GB to download"),
    ],
)
def test_the_small_torch_is_taken_where_it_can_be_had_and_the_size_is_said(
    checkout: Path, tmp_path: Path, python: str, machine: str, asked: bool, size: str
):
    log = tmp_path / "log"
    program(checkout, "python3", python)
    program(checkout, "bwrap", "")
    system, processor = machine.split()
    program(checkout, "uname", f'[ "$1" = -m ] && echo {processor} || echo {system}')
    run = setup(checkout, LOG=str(log))
    assert run.returncode == 0, run.stderr
    pinned = re.search(r"^torch==(.*)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    assert pinned is not None
    assert (f"torch=={pinned[1]}+cpu" in log.read_text()) == asked
    assert size in run.stderr
    assert ("pytorch.org" in run.stderr) == (python == WITHOUT_CPU_BUILD)
    assert log.read_text().splitlines()[-1].endswith("-c constraints.txt -e .[dev]")


def test_every_target_of_the_makefile_says_what_it_is_for():
    lines = (ROOT / "Makefile").read_text().splitlines()
    targets = [line for line in lines if line[:1].islower() and ":" in line]
    assert len(targets) >= 10
    assert all("  ## " in line for line in targets)


def test_no_file_of_the_project_names_a_registry_or_this_checkout():
    """Where packages come from is the user's own setting."""
    # The checkout's path where a path begins: of one in /app, `build/app/x` says nothing.
    here = r"(?<![\w./-])" + re.escape(str(ROOT) + os.sep)
    forbidden = re.compile("|".join(("index-" + "url", "pypi" + r"\.org", "find-" + "links", here)))
    made = {".git", ".venv", ".hypothesis", "build", "__pycache__"}
    read, found = 0, []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in made and not name.endswith("_cache")]
        if "pyvenv.cfg" in files:  # an environment by another name than ours
            folders[:], files = [], []
        for name in files:
            if Path(name).suffix in ("", ".toml", ".txt", ".yaml", ".py", ".md", ".ipynb"):
                try:
                    text = (Path(folder) / name).read_text(encoding="utf-8", errors="replace")
                except FileNotFoundError:
                    continue  # an editor's or another run's, for a moment
                read += 1
                found += [(name, word) for word in forbidden.findall(text)]
    assert found == []
    assert read > 50


def test_the_pinned_versions_exist_for_every_python_that_the_project_supports():
    """A pin that asks for a later 3.11 than Debian's makes pip give up; such a line needs a marker and a sibling."""
    from importlib.metadata import distributions

    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.utils import canonicalize_name

    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    marked = {canonicalize_name(pin.name) for pin in pins if pin.marker}
    pinned = {canonicalize_name(pin.name) for pin in pins}
    assert "torch" in pinned
    for installed in distributions():
        name, wanted = canonicalize_name(installed.metadata["Name"]), installed.metadata.get("Requires-Python")
        if wanted and name in pinned - marked:
            for version in ("3.11.0", "3.12.0", "3.13.0"):
                assert SpecifierSet(wanted).contains(version), f"{name} {installed.version} needs Python {wanted}"
