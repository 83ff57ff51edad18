"""Stand-ins: each lacks something that its own question asks for, or is where no notebook can get it."""

import ast
import inspect

import pytest

import tlcore.stand_ins
from grader.exercise.catalogue import exercise_names, load_exercise
from grader.grading.notebook_answers import NotebookAnswers
from grader.hidden.registry import hidden_tests
from grader.judging.answer_key import AnswerKey
from grader.judging.stand_ins import STAND_INS, sources_of
from grader.judging.verdict import verdict
from grader.sandbox import Sandbox, Tier, probe
from grader.student.answers import LearnerError
from grader.student.proxy import Student

OPEN = sorted(
    name
    for name, value in vars(tlcore.stand_ins).items()
    if getattr(value, "__module__", "").startswith("tlcore.stand_ins.")
)
"""Those that learners have."""
PLACES = ("remote", "inside", "tlcore")


@pytest.fixture(scope="module", params=[tier.value for tier in probe().available if tier is not Tier.NONE])
def sandbox(request):
    with Sandbox(request.param) as box:
        yield box


def test_there_are_some_and_all_that_hidden_tests_ask_for() -> None:
    assert {"LoRALinear", "inject_lora"} <= set(OPEN)
    exercises = map(load_exercise, exercise_names())
    tests = [test for e in exercises for q in e.questions for test in hidden_tests(e.topic, q.id)]
    asked = {name for test in tests for name in test.stand_ins}
    assert {"LoRALinear", "inject_lora"} <= asked <= set(STAND_INS)


def _question_that_defines(name):
    return next((e, q) for e in map(load_exercise, exercise_names()) for q in e.questions if name in q.defines)


@pytest.mark.parametrize("name", OPEN)
def test_what_learners_have_does_not_answer_its_own_question(name) -> None:
    exercise, question = _question_that_defines(name)
    key = AnswerKey(exercise.name, "a course of its own")
    # Whoever hands in one of two has still to write the other.
    theirs = {each: getattr(tlcore.stand_ins, each) for each in question.defines if each in OPEN}
    names = {**key.reference_names, **theirs}
    found = verdict(key, question, key.ask(question.id, names))
    assert found.points < question.points / 2
    assert found.status in ("failed", "error", "partial")


@pytest.mark.parametrize("name", sorted(set(STAND_INS) - set(OPEN)))
def test_what_would_answer_it_is_nowhere_in_a_session(sandbox, name) -> None:
    looks = (
        "import importlib, inspect, pkgutil\n"
        "def look(name):\n"
        "    found = []\n"
        f"    for place in {PLACES!r}:\n"
        "        package = importlib.import_module(place)\n"
        "        for module in pkgutil.walk_packages(package.__path__, place + '.'):\n"
        "            path = module.module_finder.find_spec(module.name).origin\n"
        "            if f'def {name}(' in open(path).read(): found.append(path)\n"
        "    return found\n"
    )
    cells = [{"source": looks, "question": "q"}]
    with NotebookAnswers(sandbox, cells, 60.0) as notebook:
        student = Student(notebook.begin("q"), 0)
        assert student.look(name) == []
        assert student.look("answer") != []  # looking finds what is there


def test_a_session_with_stand_ins_is_asked_nothing_else(sandbox) -> None:
    cells = [
        {"source": "def lora_delta(A, B, alpha):\n    return 'mine'", "question": "first"},
        {"source": "import builtins\ndef use():\n    builtins.kept = lora_delta\n    return 1", "question": "second"},
        {"source": "import builtins\ndef look():\n    return hasattr(builtins, 'kept')", "question": "third"},
    ]
    with NotebookAnswers(sandbox, cells, 60.0) as notebook:
        notebook.begin("first")
        own = notebook._session
        assert Student(notebook.begin("second", ("lora_delta",)), 0).use() == 1
        with_stand_ins = notebook._session
        assert own is not with_stand_ins and not own.fate().running
        assert Student(notebook.begin("third"), 0).look() is False
        assert not with_stand_ins.fate().running


def test_an_answer_that_kills_itself_in_time_does_not_get_the_time_again(sandbox) -> None:
    loops = "import time\ndef f():\n    time.sleep(600)\n"
    with NotebookAnswers(sandbox, [{"source": loops, "question": "q"}], 6.0) as notebook:
        for _ in range(3):
            with pytest.raises(LearnerError) as caught:
                Student(notebook.begin("q"), 0).f()
            assert notebook.explain(caught.value).kind == "TimeLimit"
        assert 6.0 < notebook.waited < 6.0 * (1 + 2 / 3) + 1


def test_however_it_is_asked_a_question_has_no_more_than_its_time(sandbox) -> None:
    """Again after a kill, with sound parts, as in Jupyter: each way has a right to some time, and all together too."""
    loops = "import time\ndef f():\n    time.sleep(600)\n"
    with NotebookAnswers(sandbox, [{"source": loops, "question": "q"}], 3.0) as notebook:
        for as_jupyter in (False, False, True, True, True, False):
            with pytest.raises(LearnerError) as caught:
                Student(notebook.begin("q", as_jupyter=as_jupyter), 0).f()
            assert notebook.explain(caught.value).kind == "TimeLimit"
        assert 3.0 < notebook.waited < 3.0 * (1 + 2 / 3) + 1.5


def test_sources_import_nothing_closed() -> None:
    """They run in the sandbox, which has PEFT, torch and the open part of `tlcore`."""
    for source in sources_of(tuple(STAND_INS)):
        imported = [node.module or "" for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
        assert not [name for name in imported if name.startswith("grader")]
    with pytest.raises(KeyError, match="no_such"):
        sources_of(("no_such",))
    assert all(inspect.getsource(STAND_INS[name]) for name in STAND_INS)
