"""What is closed stays closed where the package is installed among the others, not only in a checkout."""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asking import PROTECTING, asking, make_sandbox

from grader import kept
from grader.judging.kept_traces import KeptTraces
from grader.judging.trace import Trace
from grader.sandbox.stage import build_stage
from grader.sandbox.visible import OPEN_IN_TLCORE, Visible, is_open, whats_visible
from grader.student.expect import Observation

SECRETS = (
    "grader/hidden/freeze.py",
    "grader/course_files/solutions/freeze.py",
    "grader/course_files/exercises/freeze.py",
    "tlcore/reference/freeze.py",
    "tlcore/misconceptions/freeze.py",
    "tlcore/a_new_folder/freeze.py",
    "tlcore/a_new_module.py",
)
"""Among them what nobody has named yet: a new folder or module of tlcore is closed."""


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages that has this distribution in it, with a secret in each closed part."""
    # Not in pytest's own folder: a session's private /dev/shm would cover it, should TMPDIR be there.
    with tempfile.TemporaryDirectory(prefix="tl-installed-", dir="/var/tmp") as base:
        yield _install(Path(base), monkeypatch)


def _install(base: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = base / "lib" / "site-packages"
    for name in (*SECRETS, "tlcore/__init__.py", "neighbour/__init__.py"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("value = 'installed-secret-9031'\n" if name in SECRETS else "value = 'open'\n")
    for path in (base / "lib").rglob("*"):  # as an installer leaves them, whatever the umask of who runs this
        path.chmod(0o755 if path.is_dir() else 0o644)
    (base / "lib").chmod(0o755)
    (folder / "link_to_grader").symlink_to(folder / "grader")
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.mark.parametrize("isolation", PROTECTING)
def test_closed_parts_of_an_installed_package_are_masked(installed: Path, isolation: str) -> None:
    with make_sandbox(isolation) as sandbox, asking(sandbox) as learner:
        assert learner.ask("import neighbour; result = neighbour.value") == "open"
        places = [str(installed / name) for name in SECRETS] + [str(installed / "link_to_grader/hidden/freeze.py")]
        code = (
            "result = []\n"
            f"for place in {places!r}:\n"
            "    try: result.append(open(place).read())\n"
            "    except OSError: pass\n"
        )
        assert learner.ask(code) == []
        with pytest.raises(RuntimeError, match="OSError|PermissionError"):
            learner.ask(f"open({str(installed / 'neighbour' / '__init__.py')!r}, 'a')")
        closed = [name.removesuffix(".py").replace("/", ".") for name in SECRETS]
        for module in (*closed, "link_to_grader.hidden.freeze"):
            with pytest.raises(RuntimeError, match="Error"):
                learner.ask(f"import {module}")


@pytest.mark.parametrize("isolation", PROTECTING)
@pytest.mark.parametrize("place", ["home", "among the packages"])
def test_expected_values_that_were_kept_cannot_be_read(
    installed: Path, isolation: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither where they lie by default, in the user's home, nor where somebody keeps them among what is visible."""
    home = installed.parent.parent / "home"  # beside the packages, in no folder that is shown
    monkeypatch.setenv(kept.CACHE, str(home if place == "home" else installed))
    KeptTraces("02_some", "seed", "digest").put("freeze", "", [Trace([Observation("x", "secret-9031", 0, 0, False)])])
    folder = kept.folder()
    assert folder is not None and folder.is_relative_to(installed.parent.parent)
    (file,) = (path for path in folder.rglob("*") if path.is_file())
    assert b"secret-9031" in file.read_bytes()
    folder.chmod(0o755)  # the walls alone, should the permissions be lost
    for path in folder.rglob("*"):
        path.chmod(0o755)
    with make_sandbox(isolation) as sandbox, asking(sandbox) as learner:
        code = (
            "import os\nresult = []\n"
            f"for read in (lambda: open({str(file)!r}, 'rb').read(), lambda: os.listdir({str(file.parent)!r})):\n"
            "    try: result += read()\n"
            "    except OSError: pass\n"
        )
        assert learner.ask(code) == []
        with pytest.raises(RuntimeError, match="OSError|PermissionError|FileNotFoundError"):
            learner.ask(f"open({str(file)!r}, 'ab')")


def test_landlocks_list_goes_round_what_is_closed(installed: Path) -> None:
    grader, reference = str(installed / "grader"), str(installed / "tlcore" / "reference")
    visible = Visible((str(installed),), (grader, reference), "/usr/bin/python3")
    readable, listable = visible.readable_and_listable()
    assert set(listable) == {str(installed), str(installed / "tlcore")}
    assert str(installed / "neighbour") in readable
    for closed in (grader, reference):
        assert not any(closed == path or closed.startswith(path + "/") for path in readable)
    assert str(installed / "link_to_grader") not in readable


def test_this_checkout_is_closed() -> None:
    visible = whats_visible()
    root = str(Path(__file__).resolve().parents[2])
    assert root in visible.closed
    assert root not in visible.trees


def test_the_stage_has_nothing_closed() -> None:
    stage = build_stage()
    try:
        top = {path.name.split(".")[0] for path in (stage.path / "tl" / "tlcore").iterdir()}
        assert top == set(OPEN_IN_TLCORE)
        assert {path.name for path in (stage.path / "tl").iterdir()} == {"inside", "remote", "tlcore"}
    finally:
        stage.remove()
    assert not stage.path.exists()


def test_a_new_part_of_tlcore_is_closed_until_it_is_named() -> None:
    assert is_open("models")
    assert is_open("loading.py")
    assert not any(
        map(is_open, ("reference", "misconceptions", "stand_ins_of_tomorrow", "solutions.py", "__pycache__"))
    )


def test_a_stage_left_by_a_killed_grader_is_removed_and_no_other() -> None:
    left, used, young = (build_stage() for _ in range(3))
    try:
        left.lock.release()
        young.lock.release()
        long_ago = time.time() - 3600
        for stage in (left, used):
            os.utime(stage.path, (long_ago, long_ago))
        build_stage().remove()
        assert not left.path.exists()
        assert used.path.exists()
        assert young.path.exists()
    finally:
        for stage in (left, used, young):
            stage.remove()
