"""What runs of a notebook: the answers and what they need. And what a lost answer costs: itself."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest
import torch

from grader.grading.notebook_answers import Fault, NotebookAnswers
from grader.sandbox import Sandbox
from grader.student.answers import LearnerError
from grader.student.proxy import Student

PLENTY = 60.0
"""Seconds for a question that is answered: 0.1 on a quiet machine, and nobody waits for the rest."""


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox("best") as box:
        yield box


def _cells(*sources):
    """Cells in order; a pair is (question, source)."""
    pairs = [(None, s) if isinstance(s, str) else s for s in sources]
    return [{"source": source, "question": question} for question, source in pairs]


def _ask(sandbox, *sources, question="q", function="f", args=(3,), time_limit=PLENTY):
    with NotebookAnswers(sandbox, _cells(*sources), time_limit) as notebook:
        return getattr(Student(notebook.begin(question), 0), function)(*args)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("a plain answer", [("q", "def f(x):\n    return 2 * x")]),
        ("an import above", ["import math as m", ("q", "def f(x):\n    return m.floor(2.9) * x")]),
        (
            "a helper above, with a helper of its own",
            ["def a(x):\n    return x", "def b(x):\n    return a(x) + a(x)", ("q", "f = b")],
        ),
        ("a helper below", [("q", "def f(x):\n    return g(x)"), "def g(x):\n    return 2 * x"]),
        ("a value from an exploring cell", ["factor = 1\nfactor += 1", ("q", "def f(x):\n    return factor * x")]),
        (
            "the last of several values",
            ["factor = 5", "factor = 2", ("q", "def f(x):\n    return factor * x"), "factor = 7"],
        ),
        ("a value changed in place", ["table = {}", "table['x'] = 2", ("q", "def f(x):\n    return table['x'] * x")]),
        ("a star import", ["from math import *", ("q", "def f(x):\n    return floor(2.9) * x")]),
        ("magics", ["%matplotlib inline\n!echo hello", ("q", "%time pass\ndef f(x):\n    return 2 * x")]),
        (
            "a class and its base",
            ["class Base:\n    k = 2", ("q", "class C(Base):\n    pass\n\ndef f(x):\n    return C.k * x")],
        ),
        (
            "an import beside a line that fails",
            ["import math\n1 / 0", ("q", "def f(x):\n    return math.floor(2.9) * x")],
        ),
        (
            "prints without end, and stderr",
            [
                (
                    "q",
                    "import sys\nfor i in range(200_000):\n    print(i)\nsys.stderr.write('x' * 10**6)\n"
                    "def f(x):\n    print('again')\n    return 2 * x",
                )
            ],
        ),
        (
            "warnings and progress bars",
            [
                (
                    "q",
                    "import warnings\nfrom tqdm import tqdm\n"
                    "def f(x):\n    warnings.warn('careful')\n    return sum(x for _ in tqdm(range(2)))",
                )
            ],
        ),
        (
            "a global that a function sets",
            ["def setup():\n    global factor\n    factor = 2", ("q", "setup()\ndef f(x):\n    return factor * x")],
        ),
    ],
)
def test_an_answer_gets_what_it_needs(sandbox, name, cells):
    assert _ask(sandbox, *cells) == 6, name


def test_cells_that_merely_explore_do_not_run(sandbox):
    """The one here would run out of the time limit."""
    exploring = "import time\ntime.sleep(600)\nmodel = 1"
    assert _ask(sandbox, exploring, ("q", "import time\ndef f(x):\n    model = 2\n    return model * x")) == 6


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("def f(x)\n    return x", "SyntaxError"),
        ("raise RuntimeError('no')", "RuntimeError"),
        ("import sys\nsys.exit(0)", "SystemExit"),
        ("import os\nos._exit(0)", "Died"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "Died"),
        ("while True:\n    pass", "TimeLimit"),
        ("x = input('your name? ')", "EOFError"),
        ("def g(x):\n    return x", "MissingAnswer"),
        ("def f(x):\n    raise NotImplementedError", "Blank"),
        ("def f(x):\n    return undefined_name", "NameError"),
        ("def f(x):\n    return f(x)", "RecursionError"),
        ("def f(x):\n    return list(range(10**6))", "TooMuch"),
    ],
)
def test_a_lost_answer_takes_only_itself_along(sandbox, source, kind):
    cells = _cells(("first", source), ("second", "def g2(x):\n    return x + 1"))
    with NotebookAnswers(sandbox, cells, 3.0 if kind == "TimeLimit" else PLENTY) as notebook:
        with pytest.raises(LearnerError) as caught:
            Student(notebook.begin("first"), 0).f(1)
        assert notebook.explain(caught.value).kind == kind
        notebook.time_limit = PLENTY
        assert Student(notebook.begin("second"), 0).g2(1) == 2


def test_the_line_of_the_learner_is_told(sandbox):
    with pytest.raises(LearnerError) as caught:
        _ask(sandbox, ("q", "import torch\n\ndef f(x):\n    y = torch.ones(2, 3)\n    return y @ y"))
    assert caught.value.line == "return y @ y"


def test_two_submissions_do_not_see_each_other(sandbox):
    writing = (
        "import builtins, os\nbuiltins.left = 1\nopen('left.txt', 'w').write('x')\n"
        "def f(x):\n    return os.path.exists('left.txt')"
    )
    reading = "import builtins, os\ndef f(x):\n    return hasattr(builtins, 'left') or os.path.exists('left.txt')"
    assert _ask(sandbox, ("q", writing)) is True
    assert _ask(sandbox, ("q", reading)) is False


def test_tensors_and_objects_come_back(sandbox):
    layer = _ask(sandbox, ("q", "from torch import nn\ndef f(n):\n    return nn.Linear(n, 2)"))
    assert repr(layer) == "<Linear>"
    doubled = _ask(sandbox, ("q", "def f(x):\n    return 2 * x"), args=(torch.arange(3.0),))
    assert doubled.tolist() == [0.0, 2.0, 4.0]


def test_a_stand_in_stands_in_for_one_question_only(sandbox):
    cells = _cells(
        ("first", "def lora_delta(A, B, alpha):\n    return 'mine'"),
        ("second", "def use(A, B):\n    return lora_delta(A, B, 1)"),
        ("third", "def use_again(A, B):\n    return lora_delta(A, B, 1)"),
        ("fourth", "def lacks(A, B):\n    return 'LoRALinear' in globals()"),
    )
    A, B = torch.ones(1, 2), torch.ones(3, 1)
    with NotebookAnswers(sandbox, cells, PLENTY) as notebook:
        assert Student(notebook.begin("second"), 0).use(A, B) == "mine"
        assert Student(notebook.begin("second", ("lora_delta", "LoRALinear")), 0).use(A, B).tolist() == [[1.0, 1.0]] * 3
        assert Student(notebook.begin("third"), 0).use_again(A, B) == "mine"
        assert Student(notebook.begin("fourth"), 0).lacks(A, B) is False


def test_a_forked_process_that_comes_back_answers_nothing(sandbox):
    """Its replies would be taken for those of later questions."""
    forks = (
        "import os\ndef f(x):\n    if any(os.fork() == 0 for _ in range(3)):\n        raise MemoryError\n    return x"
    )
    with NotebookAnswers(sandbox, _cells(("q", forks), ("next", "def g2(x):\n    return x + 1")), PLENTY) as notebook:
        assert Student(notebook.begin("q"), 0).f(7) == 7
        time.sleep(0.2)
        assert [Student(notebook.begin("next"), 0).g2(x) for x in range(8)] == list(range(1, 9))


REMEMBERS = """
import builtins, os, tempfile
def f(x):
    builtins.left, path = x, os.path.join(tempfile.gettempdir(), "left.txt")
    open("left.txt", "w").write(str(x)); open(path, "w").write(str(x))
    return path
def recalls(path):
    return hasattr(builtins, "left") or os.path.exists("left.txt") or os.path.exists(path)
"""


def test_a_process_that_starts_afresh_remembers_nothing(sandbox):
    cells = _cells(("q", REMEMBERS), ("next", "def g2(x):\n    return x + 1"))
    with NotebookAnswers(sandbox, cells, PLENTY) as notebook:
        student = Student(notebook.begin("q"), 0)
        path = student.f(7)
        assert student.recalls(path) is True
        before = notebook._session
        student.start_afresh()
        assert not before.fate().running
        assert student.recalls(path) is False
        assert Student(notebook.begin("next"), 0).g2(1) == 2


@pytest.mark.parametrize("where", ["relative.pt", "folder.d/in/it.pt", os.path.join("TMP", "x.pt"), "TMP/a folder"])
def test_what_was_saved_is_carried_into_a_fresh_process(sandbox, where):
    """A file, a folder, or a path of one somewhere in a container; and what is loaded there is what was saved."""
    source = (
        "import os, pathlib, tempfile, torch\n"
        f"where = pathlib.Path({where!r}.replace('TMP', tempfile.gettempdir()))\n"
        "def f(x):\n    file = where / 'deep' / 'x.pt' if not where.suffix else where\n"
        "    file.parent.mkdir(parents=True, exist_ok=True)\n    torch.save(x, file)\n"
        "    return {'at': [str(where)], 'as a path': where, 'word.pt': 'no.file'}\n"
        "def loads(saved):\n    assert saved['word.pt'] == 'no.file'\n    at = pathlib.Path(saved['at'][0])\n"
        "    assert str(saved['as a path']) == str(at)\n"
        "    return torch.load(at / 'deep' / 'x.pt' if not where.suffix else at)\n"
    )
    with NotebookAnswers(sandbox, _cells(("q", source)), PLENTY) as notebook:
        student = Student(notebook.begin("q"), 0)
        file = student.tools.packed(student.f.kept(torch.arange(5.0)))
        student.start_afresh()
        assert student.loads(student.tools.unpacked.kept(file)).tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_what_no_file_can_hold_was_not_saved(sandbox):
    with NotebookAnswers(sandbox, _cells(("q", "def f(x):\n    return lambda: x")), PLENTY) as notebook:
        student = Student(notebook.begin("q"), 0)
        saved = student.f.kept(1)
        with pytest.raises(LearnerError, match="what was saved cannot be written to a file"):
            student.tools.packed(saved)


def test_starting_afresh_gives_no_more_time(sandbox):
    with NotebookAnswers(sandbox, _cells(("q", "def f(x):\n    return x")), PLENTY) as notebook:
        answers = notebook.begin("q")
        before = answers.deadline
        answers.start_afresh()
        assert answers.deadline == before
        answers.deadline = time.monotonic()
        with pytest.raises(LearnerError) as caught:
            answers.start_afresh()
        assert notebook.explain(caught.value).kind == "TimeLimit"


CANNOT_BE_INTERRUPTED = (
    "import time\nwhile True:\n    try:\n        time.sleep(600)\n    except BaseException:\n        pass"
)
CLOSES_ITS_SOCKET = "import os, time\nos.closerange(3, 256)\ntime.sleep(600)\n"


def _ask_twice(sandbox, source, time_limit, at_the_same_time=lambda session: None):
    """How the question ended, asked once and once more in a fresh process, and the seconds of the first time."""
    kinds, seconds = [], []
    with NotebookAnswers(
        sandbox, _cells(("q", source), ("next", "def g2(x):\n    return x + 1")), time_limit
    ) as notebook:
        for _ in (1, 2):
            began = time.monotonic()
            notebook.begin("next")  # so that there is a session to disturb
            disturbing = threading.Timer(0.3, at_the_same_time, [notebook._session])
            disturbing.start()
            try:
                kinds.append(Student(notebook.begin("q"), 0).f(1))
            except LearnerError as error:
                kinds.append(notebook.explain(error).kind)
            seconds.append(time.monotonic() - began)
            disturbing.join()
        assert Student(notebook.begin("next"), 0).g2(1) == 2
    return kinds, seconds[0]


def test_who_closes_the_socket_and_lives_on_costs_no_waiting(sandbox, monkeypatch):
    monkeypatch.setattr("grader.grading.notebook_answers.ENDING", 100.0)
    kinds, seconds = _ask_twice(sandbox, CLOSES_ITS_SOCKET, PLENTY)
    assert kinds == ["Died", "Died"]
    assert seconds < 50  # 0.15 s on a quiet machine, and a hundred where its end is waited for


def test_who_is_stopped_is_asked_again_and_whose_answer_stops_itself_runs_out_of_time(sandbox):
    itself = "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"
    assert _ask_twice(sandbox, itself, 3.0)[0] == ["Killed", "TimeLimit"]
    stopped = []

    def stop_once(session):
        if not stopped:
            stopped.extend(_children(session.pid))
            os.kill(stopped[0], signal.SIGSTOP)

    busy = "import time\nfor _ in range(10):\n    time.sleep(0.1)\ndef f(x):\n    return x + 1"
    assert _ask_twice(sandbox, busy, 5.0, stop_once)[0] == ["Killed", 2]


@pytest.mark.parametrize(
    "source",
    [CANNOT_BE_INTERRUPTED, CLOSES_ITS_SOCKET],
    ids=["no answer", "its socket closed"],
)
def test_a_supervisor_that_stands_still_is_no_learners_fault(sandbox, monkeypatch, source):
    monkeypatch.setattr("grader.sandbox.session.PATIENCE", 1.0)
    with NotebookAnswers(sandbox, _cells(("q", source), ("nothing", "")), 2.0) as notebook:
        notebook.begin("nothing")  # so that there is a session
        session = notebook._session
        os.kill(session.pid, signal.SIGSTOP)
        with pytest.raises(LearnerError) as caught:
            notebook.begin("q")
        with pytest.raises(Fault, match="supervisor does not answer"):
            notebook.explain(caught.value)
        assert not session.fate().running
    assert _ask(sandbox, ("q", "def f(x):\n    return x")) == 3  # the fork server, and so every neighbour, lives on


def _children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
