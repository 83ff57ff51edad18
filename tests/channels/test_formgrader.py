"""A free-text answer, scored by a person in the real formgrader, in a headless Chromium."""

from pathlib import Path

import nbformat
import pytest
from browser import Page, until
from channel_cases import EXERCISE, KEY, Run, answer_cell
from nbgrader_course import formgrader, scores_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TEXT = "Fewer labels. <img src=x onerror=alert(1)>"


def test_a_free_text_answer_waits_for_a_person(course: Path, run: Run, submissions: Path, tmp_path: Path):
    answered = nbformat.read(submissions / "blank" / f"{EXERCISE}.ipynb", as_version=4)
    answer_cell(answered, "explain").source = TEXT
    target = course / "submitted" / "explains" / EXERCISE
    target.mkdir(parents=True)
    nbformat.write(answered, target / f"{EXERCISE}.ipynb")
    run("nbgrader", "autograde", EXERCISE, "--student", "explains", cwd=course, TL_COURSE_KEY=KEY)
    graded = nbformat.read(course / "autograded" / "explains" / EXERCISE / f"{EXERCISE}.ipynb", as_version=4)
    shown = answer_cell(graded, "explain").source
    assert shown == "<div><p>Fewer labels. &lt;img src=x onerror=alert(1)&gt;</p>\n</div>"
    assert scores_in(course)["explains"]["explain"] is None

    with formgrader(course) as (ask, address):

        def submission() -> dict:
            found = ask("GET", f"api/submitted_notebooks/{EXERCISE}/{EXERCISE}")
            return next(one for one in found if one["student"] == "explains")

        def scored(cell: str) -> float | None:
            grades = ask("GET", f"api/grades?submission_id={submission()['id']}")
            return next(one["manual_score"] for one in grades if one["name"] == cell)

        assert submission()["needs_manual_grade"] and scored("explain") is None
        assert (submission()["max_score"], submission()["score"]) == (10.0, 0.0)
        page = Page(tmp_path / "profile")
        try:
            page.goto(
                f"{address.removesuffix('formgrader')}login?next=%2Fformgrader%2Fsubmissions%2F{submission()['id']}"
            )
            until(lambda: page.run("() => !!document.querySelector('#password_input')"), "the login page")
            page.run("() => document.querySelector('#password_input').focus()")
            page.write("t")
            page.run("() => document.querySelector('#password_input').form.submit()")
            loaded = "() => document.querySelector('#freeze_test.score')?.placeholder === '0'"
            until(lambda: page.run(loaded), "the scores are there")
            shown = page.run("() => document.body.innerText")
            assert "Fewer labels. <img src=x onerror" in shown and "The blank of this question is still empty." in shown
            assert page.run("() => document.querySelector('img[src=x]')") is None
            page.run("() => { const box = document.querySelector('#explain'); box.scrollIntoView(); box.focus() }")
            page.write("0.8")
            page.run("() => document.activeElement.blur()")
            until(lambda: scored("explain") == 0.8, "the score is in the gradebook", 20)
        finally:
            page.close()
        assert (submission()["score"], submission()["needs_manual_grade"]) == (0.8, False)

    # A regrade keeps what the person gave, and marks it for another look.
    run("nbgrader", "autograde", EXERCISE, "--student", "explains", "--force", cwd=course, TL_COURSE_KEY=KEY)
    with formgrader(course) as (ask, _):
        found = ask("GET", f"api/submitted_notebooks/{EXERCISE}/{EXERCISE}")
        again = next(one for one in found if one["student"] == "explains")
    assert (again["score"], again["needs_manual_grade"]) == (0.8, True)
