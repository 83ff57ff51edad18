"""Which of the files that were handed in is graded, before otter looks at them."""

from pathlib import Path

import nbformat
import pytest
from channel_cases import EXERCISE, released

from grader.authoring.notebook import to_bytes
from grader.channels.one_by_one import NotGraded
from grader.channels.otter.entrance import HANDED_IN, _put_aside, one_notebook, refusal
from grader.exercise.catalogue import load_exercise


def _put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(to_bytes(released()))


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["mine.ipynb"], "mine.ipynb"),
        (["a/b/mine.ipynb", "__MACOSX/._mine.ipynb", "a/.ipynb_checkpoints/x.ipynb"], "a/b/mine.ipynb"),
        ([f"{EXERCISE}.ipynb", "scratch.ipynb"], f"{EXERCISE}.ipynb"),
        ([f"a/{EXERCISE}.ipynb", "scratch.ipynb"], f"a/{EXERCISE}.ipynb"),
    ],
)
def test_the_notebook_that_is_meant(names: list[str], chosen: str, tmp_path: Path):
    folder, aside = tmp_path / "submission", tmp_path / HANDED_IN
    _put(folder, *names)
    _put(aside, "of an earlier run.ipynb")
    assert one_notebook(folder, EXERCISE) == folder / chosen
    (folder / chosen).write_bytes(b"\xef\xbb\xbf" + to_bytes(released()))  # which otter could not read
    _put_aside(folder / chosen, tmp_path)
    assert list(folder.rglob("*.ipynb")) == [folder / Path(chosen).name]
    assert nbformat.read(folder / Path(chosen).name, as_version=nbformat.NO_CONVERT).cells == []
    assert one_notebook(aside, EXERCISE).read_bytes() == b"\xef\xbb\xbf" + to_bytes(released())


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "no notebook was handed in: hand in"),
        (["solution.py"], r"no notebook was handed in \(there is solution.py\)"),
        (["a.ipynb", "b.ipynb"], rf"there are 2 notebooks for {EXERCISE} \(a.ipynb, b.ipynb\): keep one, "),
        ([f"a/{EXERCISE}.ipynb", f"b/{EXERCISE}.ipynb"], "there are 2 notebooks"),
    ],
)
def test_where_it_is_not_clear(names: list[str], message: str, tmp_path: Path):
    _put(tmp_path, *names)
    with pytest.raises(NotGraded, match=message):
        one_notebook(tmp_path, EXERCISE)


def test_the_results_of_a_refusal_show_no_control_characters():
    told = refusal(EXERCISE, "\x1b[31mred\x1b[0m \u202etxt")
    assert told["output"] == "Not graded: red txt"
    (test,) = told["tests"]
    assert (test["score"], test["max_score"]) == (0, load_exercise(EXERCISE).max_points)
