"""What `tl progress` lays out."""

from pathlib import Path

from grader.selfstudy.overview import overview
from grader.selfstudy.progress import ExerciseProgress, Progress, QuestionProgress

NAME = "01_doubling"
COURSE = Path(__file__).parents[1] / "authoring" / "course"  # double: 1 point, O1 O3V; constant: 1.6 points, O2


def of(**questions: QuestionProgress) -> Progress:
    return Progress("k", {NAME: ExerciseProgress(dict(questions), checked="2025-01-01")})


def test_at_the_beginning_all_is_left():
    seen = overview(Progress(), COURSE)
    assert (seen.points, seen.max_points, seen.minutes, seen.minutes_left) == (0, 2.6, 13, 13)
    assert (seen.next.question, seen.next.minutes, seen.next.notebook) == ("double", 5, None)
    assert [q.status for q in seen.exercises[0].questions] == ["open", "open"]


def test_points_by_objective_and_the_parts_of_one_in_the_whole():
    seen = overview(of(double=QuestionProgress(1.0, 1.0, checks=1), constant=QuestionProgress(0.8, 1.6)), COURSE)
    points = {line.code: (line.points, line.max_points, line.questions) for line in seen.objectives}
    assert points == {
        "O1": (1.0, 1.0, 1),
        "O2": (0.8, 1.6, 1),
        "O3": (1.0, 1.0, 1),
        "O3V": (1.0, 1.0, 1),
        "O3L": (0, 0, 0),
        "O4": (0, 0, 0),
        "O5": (0, 0, 0),
    }


def test_what_is_next_is_the_first_that_is_not_done():
    seen = overview(of(double=QuestionProgress(1.0, 1.0, checks=1)), COURSE)
    assert (seen.next.question, seen.minutes_left) == ("constant", 8)
    both = {"double": QuestionProgress(1.0, 1.0), "constant": QuestionProgress(1.6, 1.6)}
    assert overview(of(**both), COURSE).next is None


def test_points_of_an_earlier_release_count_by_their_share():
    seen = overview(of(constant=QuestionProgress(2.0, 4.0, checks=1)), COURSE)
    assert seen.points == 0.8
    assert seen.exercises[0].questions[1].status == "begun"


def test_a_notebook_that_is_gone_is_not_offered(tmp_path: Path):
    progress = of()
    progress.exercises[NAME].notebook = str(tmp_path / "gone.ipynb")
    assert overview(progress, COURSE).next.notebook is None
    (tmp_path / "gone.ipynb").write_text("")
    assert overview(progress, COURSE).next.notebook == str(tmp_path / "gone.ipynb")


def test_what_no_exercise_has_any_more_is_kept_but_not_counted():
    progress = Progress("k", {"99_gone": ExerciseProgress({"x": QuestionProgress(1.0, 1.0)})})
    assert overview(progress, COURSE).points == 0
