"""Progress bars: seen while something runs, gone afterwards."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tlcore import progress_widget
from tlcore.progress import progress


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A kernel that notes what a display shows in the end."""
    shown: list[Any] = []

    class Handle:
        def update(self, data: dict[str, str], raw: bool) -> None:
            shown[-1] = data

    def display(widget: Any, display_id: bool) -> Handle:
        assert display_id
        shown.append(widget)
        return Handle()

    monkeypatch.setattr("tlcore.progress.in_notebook", lambda: True)
    monkeypatch.setattr(progress_widget, "display", display)
    return shown


def test_a_bar_in_a_notebook_is_taken_out_when_it_is_done(notebook: list[Any]) -> None:
    for _ in progress(range(3), desc="three"):
        assert "three" in notebook[-1].children[0].value
    assert notebook == [{"text/plain": ""}]
    with progress(total=2) as bar:
        bar.update(2)
    assert notebook == [{"text/plain": ""}] * 2


def test_a_bar_that_was_interrupted_stays(notebook: list[Any]) -> None:
    with pytest.raises(KeyboardInterrupt), progress(total=5) as bar:  # noqa: PT012
        bar.update(2)
        raise KeyboardInterrupt
    assert notebook[-1].children[1].value == 2
    assert notebook[-1].children[1].bar_style == "danger"


def test_a_terminal_gets_a_line_and_a_file_nothing(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(progress(range(3), desc="three")) == [0, 1, 2]
    assert capfd.readouterr() == ("", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert list(progress(range(3), desc="three")) == [0, 1, 2]
    assert "three" in capfd.readouterr().err
    assert list(progress(range(3), desc="three", show=False)) == [0, 1, 2]
    assert capfd.readouterr().err == ""
