"""When an answer runs once more as in Jupyter, what is said of it, and what it costs."""

import pytest
from small_notebooks import (
    FIRST,
    FREEZE,
    HANDED_OUT,
    IMPORTS,
    JUDGED_SO,
    RIGHT,
    TURNS_OFF,
    assert_full,
    notebook,
    question,
)

from grader.exercise.catalogue import exercise_names
from grader.grading.judge import Judge
from grader.submissions import find_submissions


def test_it_is_said_how_an_answer_was_judged(grade):
    cells = ["1 / 0", "FLAGS = []", "FLAGS.append(False)", ("freeze", FREEZE.format("FLAGS[0]"))]
    (remark,) = grade(*cells).remarks[-1:]
    assert JUDGED_SO in remark and "cell 2 ended with ZeroDivisionError" in remark


def test_a_wrong_answer_stays_wrong_and_is_named(grade):
    """Nothing that stands around it helps, and a misconception is found in either way of running it."""
    flag = ("freeze", "def freeze(module):\n    module.requires_grad = False\n    return module")
    alone = question(grade(flag), "freeze")
    assert alone.points < alone.max_points and alone.misconceptions == ["flag_on_the_module"]


def test_a_wrong_answer_below_busy_cells_stays_wrong(grade):
    cells = ["FLAGS = []", "FLAGS.append(True)", ("freeze", FREEZE.format("FLAGS[0]"))]
    one = question(grade(*cells), "freeze")
    assert one.points == 0 and one.status == "failed"


def test_cells_that_cost_time_cost_no_question_its_own(warm_sandbox, tmp_path):
    """Each of these cells is stopped, after 2 s and with less and less left; the answer then has all of its 8 s."""
    idle = ["import time\ntime.sleep(600)"] * 7
    slow = "import time\ndef freeze(module):\n    time.sleep(1)\n    FLAGS[0]\n    return module.requires_grad_(False)"
    path = tmp_path / "ada" / f"{FIRST}.ipynb"
    path.parent.mkdir()
    path.write_bytes(notebook(IMPORTS[FIRST], *idle, "FLAGS = []", "FLAGS.append(0)", ("freeze", slow)))
    result = Judge("a course key", 8.0).result(warm_sandbox, find_submissions(tmp_path, exercise_names())[0])
    assert_full(result, "freeze")


class Counting:
    """A sandbox that counts the sessions that it gives."""

    def __init__(self, sandbox):
        self.sandbox, self.sessions = sandbox, 0

    tier = property(lambda self: self.sandbox.tier)

    def session(self, limits=None):
        self.sessions += 1
        return self.sandbox.session(limits)


@pytest.mark.parametrize(
    ("cells", "sessions"),
    [
        ([("freeze", RIGHT["freeze"]), ("replace_head", RIGHT["replace_head"])], 1),
        (["CFG = {}\nCFG.update(x=1)", ("freeze", RIGHT["freeze"]), ("replace_head", RIGHT["replace_head"])], 1),
        ([TURNS_OFF, ("freeze", "def freeze(module):\n    return module")], 1),
        (["CFG = {}\nCFG.update(x=1)", ("freeze", "def freeze(module):\n    return module")], 2),
    ],
    ids=["right", "right below other cells", "wrong, and nothing else to run", "wrong below other cells"],
)
def test_only_a_lost_answer_below_cells_that_act_is_run_again(warm_sandbox, judge, tmp_path, cells, sessions):
    path = tmp_path / "ada" / f"{FIRST}.ipynb"
    path.parent.mkdir()
    path.write_bytes(notebook(*HANDED_OUT[FIRST], *cells))
    counting = Counting(warm_sandbox)
    judge.result(counting, find_submissions(tmp_path, exercise_names())[0])
    assert counting.sessions == sessions
