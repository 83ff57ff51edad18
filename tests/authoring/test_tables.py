"""Tables of exercises in the project's pages are computed, and a stale one is said to be stale."""

from pathlib import Path

from grader.authoring.build import build

NAME = "01_doubling"
PAGE = "# Mine\n\n<!-- exercises: written by `tl build` -->\nold\n<!-- end of exercises -->\n\nThe end.\n"


def test_the_table_of_a_page_is_built_and_what_stands_around_it_stays(course: Path) -> None:
    page = course / "README.md"
    page.write_text(PAGE, encoding="utf-8")
    states = {target.path.name: target for target in build([], check=True, root=course)}
    assert (states["README.md"].state, states["README.md"].mend(course)) == ("stale", "tl build")
    assert page.read_text(encoding="utf-8") == PAGE
    build([], root=course)
    text = page.read_text(encoding="utf-8")
    assert "| 01 Doubling | `double`, `constant` | 13 |" in text
    assert "2 questions in one notebook, 13 minutes." in text
    assert text.startswith("# Mine\n\n<!-- exercises") and text.endswith("<!-- end of exercises -->\n\nThe end.\n")
    assert {target.state for target in build([], check=True, root=course)} == {"current"}


def test_building_one_exercise_writes_the_table_too_as_far_as_all_can_be_read(course: Path) -> None:
    page = course / "README.md"
    page.write_text(PAGE, encoding="utf-8")
    (course / "solutions" / "02_unreadable.py").write_text("no cell\n", encoding="utf-8")
    assert [target.path.name for target in build([NAME], root=course)] == [f"{NAME}.ipynb"]
    assert page.read_text(encoding="utf-8") == PAGE
    (course / "solutions" / "02_unreadable.py").unlink()
    assert [target.path.name for target in build([NAME], root=course)] == [f"{NAME}.ipynb", "README.md"]
    assert "2 questions in one notebook" in page.read_text(encoding="utf-8")


def test_a_page_without_marks_is_left_alone(course: Path) -> None:
    (course / "README.md").write_text("# Mine\n", encoding="utf-8")
    assert "README.md" not in {target.path.name for target in build([], root=course)}
