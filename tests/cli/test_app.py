"""What holds for every verb: help, version, exit status, errors in one line, a quick start."""

import atexit
import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.cli import app as application
from grader.cli import console


@pytest.fixture(autouse=True)
def collector_as_it_was() -> Iterator[None]:
    """`main` tunes the garbage collector of a process that it ends."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    atexit.unregister(gc.freeze)


VERBS = [verb for verb, _, _ in application.VERBS]


@pytest.mark.parametrize("arguments", [[], *([verb] for verb in VERBS)], ids=["tl", *VERBS])
def test_help_is_everywhere(tl, arguments: list[str]):
    run = tl(*arguments, "--help")
    assert run.returncode == 0
    assert run.stdout.startswith(f"Usage: {' '.join(['tl', *arguments])}")
    assert run.stderr == ""
    for verb, _, line in application.VERBS if not arguments else ():
        assert f"  {verb} " in run.stdout
        assert line in run.stdout


def test_the_list_of_verbs_is_plain_and_fits_a_terminal(tl):
    assert max(map(len, tl("--help").stdout.splitlines())) <= 80


def test_the_version_is_that_of_the_package(tl):
    from importlib.metadata import version

    run = tl("--version")
    assert (run.returncode, run.stdout.strip()) == (0, f"tl-exercises {version('tl-exercises')}")


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (["nosuch"], "error: No such command 'nosuch'."),
        (["build", "--nosuch"], "error: No such option: --nosuch"),
        (["export", "."], "error: Missing option '--to'"),
        (["build", "98_x", "99_y"], "error: unknown exercise '98_x'; known: "),
    ],
)
def test_wrong_arguments_end_with_status_2_and_a_clear_line(tl, arguments: list[str], first: str, course_of_one: Path):
    run = tl(*arguments, *(["--root", course_of_one] if arguments[-1] == "99_y" else []))
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith(first)
    assert "Traceback" not in run.stderr
    assert len(run.stderr.splitlines()) <= 2


@pytest.fixture
def course_of_one(tmp_path: Path) -> Path:
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "01_doubling.py").write_text("")
    return tmp_path


def test_without_arguments_it_shows_the_help(tl):
    run = tl()
    assert run.returncode == 2
    assert "Usage: tl" in run.stdout + run.stderr


def test_help_is_quick_and_imports_nothing_heavy():
    code = (
        "import sys\nfrom grader.cli import main\nsys.argv = ['tl', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'numpy', 'nbgrader', 'nbformat', 'jupytext', 'jinja2', 'transformers', 'IPython'}\n"
        "sys.exit(repr(sorted(heavy & set(sys.modules))) if heavy & set(sys.modules) else 0)"
    )
    spent = []
    for _ in range(3):
        before = os.times()
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        after = os.times()
        assert run.returncode == 0, run.stderr
        spent.append(after.children_user + after.children_system - before.children_user - before.children_system)
    # CPU seconds, because a busy machine must not fail this: 0.05 to 0.12 in twelve runs.
    assert min(spent) < 0.5


def test_an_unexpected_error_is_one_line_and_its_traceback_can_be_had(monkeypatch, capsys):
    def fail(**_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.delenv("TL_TRACEBACK", raising=False)
    monkeypatch.setattr(application, "app", fail)
    with pytest.raises(SystemExit) as stop:
        application.main()
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith("error: unexpected ZeroDivisionError: by zero\n")
    monkeypatch.setenv("TL_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        application.main()


def test_a_reader_that_stops_early_sees_no_traceback():
    """What `tl ... | head` does: a pipe that nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        run = subprocess.run([sys.executable, "-m", "grader.cli", "--help"], stdout=writing, stderr=subprocess.PIPE)
    finally:
        os.close(writing)
    assert run.stderr == b""
    assert run.returncode == 1  # what click gives for it, whatever the verb


def test_an_interrupt_ends_with_status_2(monkeypatch, capsys):
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(application, "app", interrupted)
    with pytest.raises(SystemExit) as stop:
        application.main()
    assert (stop.value.code, capsys.readouterr().err) == (2, "error: interrupted\n")


def test_a_quick_start_leaves_the_package_that_it_spares_in_place():
    code = (
        "import sys; from grader.cli.light import without_name_parsers as spare\n"
        "spare(); import nbformat; assert 'rfc3987_syntax' not in sys.modules\n"
        "nbformat.validate(nbformat.v4.new_notebook()); import rfc3987_syntax; spare(); print(bool(rfc3987_syntax))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "True\n"


def test_a_path_is_shown_as_it_has_to_be_typed():
    assert console.typed(Path("mein ordner")) == "'mein ordner'"
    assert console.typed(Path("work")) == "work"
