"""Right in Jupyter is right here: what an answer needs of the notebook around it, however that is written.

Each kind of notebook is there at least twice. The cells are few; what is graded is the whole way from the file on.
"""

from __future__ import annotations

import json

import pytest

from grader.exercise.model import exercise_names, imported_by, load_exercise
from grader.grading.judge import Judge
from grader.sandbox import Sandbox
from grader.sandbox.launch import modules_for
from grader.submissions import find_submissions

FIRST, SECOND = "02_feature_extraction", "04_lora_from_scratch"
HANDED_OUT = {name: [c.source for c in load_exercise(name).cells if c.role == "code"] for name in (FIRST, SECOND)}
IMPORTS = {name: sources[0] for name, sources in HANDED_OUT.items()}
SPLITS = next(source for source in HANDED_OUT[FIRST] if "class Splits" in source)
RIGHT = {q.id: q.answer_source for name in (FIRST, SECOND) for q in load_exercise(name).questions}
JUDGED_SO = "as Jupyter runs a notebook"


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox("best", preload=modules_for(imported_by(exercise_names()))) as box:
        yield box


@pytest.fixture(scope="module")
def judge():
    return Judge("a course key", 20.0)


def cell(source, question=None, kind="code"):
    metadata = {"nbgrader": {"grade_id": question, "solution": True}} if question else {}
    return {"cell_type": kind, "source": source, "metadata": metadata, "outputs": [], "execution_count": None}


def notebook(*cells):
    """A notebook of cells in order; a text is a cell of the learner's own, a pair is (question, answer)."""
    made = [cell(c) if isinstance(c, str) else cell(c[1], c[0]) for c in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}).encode()


@pytest.fixture
def grade(sandbox, judge, tmp_path):
    """Grades cells as a learner's submission; the result."""

    def graded(*cells, exercise=FIRST, beside=None):
        path = tmp_path / "ada" / f"{exercise}.ipynb"
        path.parent.mkdir()
        path.write_bytes(notebook(IMPORTS[exercise], *cells))
        for name, text in (beside or {}).items():
            (path.parent / name).parent.mkdir(exist_ok=True)
            (path.parent / name).write_text(text)
        (found,) = find_submissions(tmp_path, exercise_names())
        return judge.result(sandbox, found)

    return graded


def question(result, id):
    return next(q for q in result.questions if q.id == id)


def assert_full(result, *ids):
    for id in ids:
        one = question(result, id)
        assert (one.points, one.status) == (one.max_points, "passed"), (id, one.message, one.misconceptions)


FREEZE = "def freeze(module):\n    for p in module.parameters():\n        p.requires_grad_({})\n    return module\n"
OFF = "def freeze(module):\n    off(module)\n    return module\n"
TURNS_OFF = "def off(module):\n    for p in module.parameters():\n        p.requires_grad_(False)\n"
BELOW = FREEZE.format("False")

TAKEN_APART = {
    "a class made once: members of an enum": [
        "import enum\nclass Learns(enum.Enum):\n    YES = 1\n    NO = 0\nMODE = Learns.NO",
        ("freeze", FREEZE.format("MODE is not Learns.NO")),
    ],
    "a class made once: a dataclass and match": [
        "from dataclasses import dataclass\n@dataclass\nclass Plan:\n    learn: bool = False\nPLAN = Plan()",
        (
            "freeze",
            "def freeze(module):\n    match PLAN:\n        case Plan(learn=on):\n"
            "            return module.requires_grad_(on)",
        ),
    ],
    "a class made once: isinstance": [
        "class Off:\n    pass\n\nclass Never(Off):\n    pass\nWHAT = [Never()]",
        ("freeze", FREEZE.format("not isinstance(WHAT[0], Off)")),
    ],
    "below a definition: an attribute of the function": [
        TURNS_OFF + "    off.seen.append(module)\noff.seen = []",
        ("freeze", OFF),
    ],
    "below a definition: partial of itself": [
        "from functools import partial\ndef off(on, module):\n    module.requires_grad_(on)\noff = partial(off, False)",
        ("freeze", OFF),
    ],
    "below a definition: registrations": [
        "from functools import singledispatch\n@singledispatch\ndef off(x):\n    raise TypeError(x)\n"
        "@off.register\ndef _(x: nn.Module):\n    x.requires_grad_(False)",
        ("freeze", OFF),
    ],
    "below a definition: a value of the class": [
        "class Settings:\n    learn = True\nSettings.learn = False",
        ("freeze", FREEZE.format("Settings.learn")),
    ],
    "bound again: a counter in another cell": ["flag = -1", "flag += 1", ("freeze", FREEZE.format("bool(flag)"))],
    "bound again: by a function that says global": [
        "n = 1",
        "def down():\n    global n\n    n -= 1",
        "down()",
        ("freeze", FREEZE.format("bool(n)")),
    ],
    "bound again: in the answer's own cell": ["OFF = 0", ("freeze", "OFF = bool(OFF)\n" + FREEZE.format("OFF"))],
    "bound again: a function around itself": [
        "def off(module):\n    pass",
        "before = off\ndef off(module):\n    before(module)\n    module.requires_grad_(False)",
        ("freeze", OFF),
    ],
    "changed by a call: a list": ["FLAGS = []", "FLAGS.append(False)", ("freeze", FREEZE.format("FLAGS[0]"))],
    "changed by a call: a dict": [
        "CFG = dict(lr=1)",
        "CFG.update(learn=False)",
        ("freeze", FREEZE.format("CFG['learn']")),
    ],
    "changed by a call: a decorator's table": [
        "TABLE = {}\ndef register(f):\n    TABLE[f.__name__] = f\n    return f",
        "@register\n" + TURNS_OFF,
        ("freeze", "def freeze(module):\n    TABLE['off'](module)\n    return module"),
    ],
    "changed by a call: setattr on a class of torch": [
        "setattr(nn.Module, 'still', lambda self: self.requires_grad_(False))",
        ("freeze", "def freeze(module):\n    return module.still()"),
    ],
    "put on a class of torch in another answer": [
        (
            "replace_head",
            RIGHT["replace_head"]
            + "\ndef still(self):\n    return self.requires_grad_(False)\nnn.Module.still = still",
        ),
        ("freeze", "def freeze(module):\n    return module.still()"),
    ],
    "below %%time": ["%%time\n" + TURNS_OFF, ("freeze", OFF)],
    "below %%capture, with a shell command": [
        "%%capture\n!pip install numpy\nimport numpy as np",
        ("freeze", FREEZE.format("bool(np.zeros(1)[0])")),
    ],
    "below %%capture with a name": [
        "%%capture shown\nprint(1)\nLEARN = False",
        ("freeze", FREEZE.format("LEARN and shown")),
    ],
    "below %%prun": ["%%prun -q\nLEARN = False", ("freeze", FREEZE.format("LEARN"))],
    "in a line of %time": ["%time LEARN = False", ("freeze", FREEZE.format("LEARN"))],
    "under %timeit, in the answer's cell": [("freeze", BELOW + "%timeit -n1 -r1 freeze(nn.Linear(2, 2))")],
    "a builtin's name: input": ["input = 0", ("freeze", FREEZE.format("bool(input)"))],
    "a builtin's name: max": ["def max(*_):\n    return False", ("freeze", FREEZE.format("max(1, 2)"))],
    "annotations of the future, in the helper's cell": [
        "from __future__ import annotations\ndef off(module: Later) -> Later:\n    module.requires_grad_(False)",
        ("freeze", OFF),
    ],
    "annotations of the future, in a cell above": [
        "from __future__ import annotations",
        "class Off:\n    def __call__(self, module: Nowhere):\n        module.requires_grad_(False)\noff = Off()",
        ("freeze", OFF),
    ],
    "a module that a cell writes": [
        "%%writefile switching.py\n" + TURNS_OFF,
        ("freeze", "from switching import off\n" + OFF),
    ],
    "a file that a cell writes": [
        "%%writefile learn.txt\nno",
        "LEARN = open('learn.txt').read().strip() == 'yes'",
        ("freeze", FREEZE.format("LEARN")),
    ],
    "a constant below a drive": [
        "from google.colab import drive\ndrive.mount('/content/drive')\nLEARN = False",
        ("freeze", FREEZE.format("LEARN")),
    ],
    "a constant below a file": [
        "table = open('/mine/table.csv').read()\nrows = table.split()\nLEARN = False",
        ("freeze", FREEZE.format("LEARN")),
    ],
    "a constant below a minute of training": [
        "import time\nfor epoch in range(60):\n    time.sleep(1)\nLEARN = False",
        ("freeze", FREEZE.format("LEARN")),
    ],
    "a constant below a drive, changed by a call": [
        "from google.colab import drive\ndrive.mount('/content/drive')\nFLAGS = []",
        "FLAGS.append(False)",
        ("freeze", FREEZE.format("FLAGS[0]")),
    ],
    "a draft below a line that fails": [
        ("freeze", BELOW + "assert False, 'not yet'\ndef freeze(module):\n    return None"),
    ],
    "a module that is run": ["%%writefile switch.py\n" + TURNS_OFF, "%run switch.py", ("freeze", OFF)],
    "a cell that awaits": [
        "import asyncio\nawait asyncio.sleep(0)\nLEARN = False",
        ("freeze", FREEZE.format("LEARN")),
    ],
    "an endless cell, and one that tells by a call": [
        "while True:\n    try:\n        x = 1\n    except BaseException:\n        pass",
        "FLAGS = []",
        "FLAGS.append(False)",
        ("freeze", FREEZE.format("FLAGS[0]")),
    ],
    "a cell that no interrupt ends, and one that tells by a call": [
        "import time\nwhile True:\n    try:\n        time.sleep(1)\n    except BaseException:\n        pass",
        "FLAGS = []",
        "FLAGS.append(False)",
        ("freeze", FREEZE.format("FLAGS[0]")),
    ],
    "a cell that restarts the kernel, and one that tells by a call": [
        "import os\nos.kill(os.getpid(), 9)",
        "FLAGS = []",
        "FLAGS.append(False)",
        ("freeze", FREEZE.format("FLAGS[0]")),
    ],
}


@pytest.mark.parametrize("cells", TAKEN_APART.values(), ids=TAKEN_APART)
def test_what_stands_in_other_cells_is_there(grade, cells):
    assert_full(grade(*cells), "freeze")


FAILS_BELOW = {
    "input": "name = input('your name? ')",
    "a file": "import numpy as np\nnp.loadtxt('my/own/numbers.csv')",
    "a package": "import torchinfo\ntorchinfo.summary(nn.Linear(2, 2))",
    "a device": "freeze(nn.Linear(2, 2)).cuda()",
    "a raise": "raise NotImplementedError('Write this part, then run this cell and the check below it.')",
    "half a minute of training": "import time\nfor epoch in range(30):\n    time.sleep(1)",
    "an end": "exit()",
    "an assertion": "assert freeze(nn.Linear(2, 2)).weight.requires_grad",
}


@pytest.mark.parametrize("below", FAILS_BELOW.values(), ids=FAILS_BELOW)
def test_a_definition_stands_whatever_follows_it_in_its_cell(grade, below):
    result = grade(("freeze", BELOW + "\n" + below))
    assert_full(result, "freeze")
    assert not any(JUDGED_SO in remark for remark in result.remarks)  # at the first try


def test_a_definition_stands_below_what_only_the_learner_has(grade):
    assert_full(grade(("freeze", "import wandb\nwandb.init()\n" + BELOW)), "freeze")


@pytest.mark.parametrize(
    "source",
    [
        "def freeze(module):\n    module.eval()\n    raise NotImplementedError('Write this part')",
        "raise NotImplementedError\n",
    ],
)
def test_a_filled_blank_is_not_called_empty(grade, source):
    one = question(grade(("freeze", source)), "freeze")
    assert one.points == 0 and "empty" not in one.message and "raise NotImplementedError" in one.message


STATE = {
    "dtype": "torch.set_default_dtype(torch.float64)",
    "device": "torch.set_default_device('meta')",
    "no gradients": "torch.set_grad_enabled(False)",
    "warnings are errors": "import warnings\nwarnings.simplefilter('error')",
    "NumPy's errors": "import numpy\nnumpy.seterr(all='raise')",
    "deterministic": "torch.use_deterministic_algorithms(True)",
    "seeds": "import random\ntorch.manual_seed(0); random.seed(0)\nrandom.seed = torch.manual_seed = lambda seed: None",
    "a working folder": "import os\nos.makedirs('elsewhere'); os.chdir('elsewhere')",
}


@pytest.mark.parametrize("state", STATE.values(), ids=STATE)
def test_what_one_answer_sets_is_not_left_to_the_next(grade, state):
    others = [(q, RIGHT[q]) for q in ("lora_linear", "inject_lora", "save_adapter", "merge")]
    result = grade(("lora_delta", f"{state}\n{RIGHT['lora_delta']}"), *others, exercise=SECOND)
    assert_full(result, "lora_linear", "inject_lora", "save_adapter", "merge")


def test_what_one_answer_does_to_a_library_is_not_left_to_the_next(grade):
    breaks = "nn.Linear.reset_parameters = nn.Conv2d.reset_parameters = lambda self: None\n"
    others = [(q, RIGHT[q]) for q in ("replace_head", "frozen_backbone")]
    assert_full(grade(("freeze", breaks + RIGHT["freeze"]), *others), "replace_head", "frozen_backbone")


def test_what_a_function_sets_when_it_is_called_is_not_left_to_the_next(grade):
    sets = RIGHT["freeze"].replace(
        "\n", "\n    torch.set_default_dtype(torch.float64); torch.set_grad_enabled(True)\n", 1
    )
    result = grade(("freeze", sets), ("replace_head", RIGHT["replace_head"]), SPLITS, ("prepare", RIGHT["prepare"]))
    assert_full(result, "replace_head", "prepare")


def test_a_class_that_extends_itself_costs_no_other_question(grade):
    between = "class LoRALinear(LoRALinear):\n    def scale(self):\n        return self.alpha / self.r"
    ids = ("lora_delta", "lora_linear", "inject_lora", "save_adapter", "merge")
    answers = [(q, RIGHT[q]) for q in ids]
    assert_full(grade(*answers[:2], between, *answers[2:], exercise=SECOND), *ids)


@pytest.mark.parametrize(
    "names",
    [
        "np.unique(labels)",
        "np.array(names, dtype=object)",
        "[np.str_(name) for name in names]",
        "dict.fromkeys(names).keys()",
        "pd.Index(names)",
    ],
)
def test_texts_of_numpy_and_pandas_and_of_views_are_lists_of_texts(grade, names):
    before, found, after = RIGHT["prepare"].rpartition(", names)")
    assert found
    assert_full(
        grade(SPLITS, ("prepare", f"import numpy as np\nimport pandas as pd\n{before}, {names}){after}")), "prepare"
    )


@pytest.mark.parametrize("numbers", ["y.numpy()", "np.array(y.tolist(), dtype='int16')", "[np.int64(i) for i in y]"])
def test_numbers_of_numpy_are_numbers(grade, numbers):
    source = "import numpy as np\n" + RIGHT["extract_features"].replace(
        "return torch.cat(features), torch.cat(labels)",
        f"y = torch.cat(labels)\n    return torch.cat(features), {numbers}",
    )
    assert numbers in source
    assert_full(grade(("extract_features", source)), "extract_features")


@pytest.mark.parametrize(
    "kind", ["class Pair(NamedTuple):\n    F: object\n    y: object", "Pair = namedtuple('Pair', 'F y')"]
)
def test_a_named_tuple_is_a_tuple(grade, kind):
    source = f"from typing import NamedTuple\nfrom collections import namedtuple\n{kind}\n" + RIGHT["extract_features"]
    *above, last = source.rstrip().splitlines()
    assert last.strip().startswith("return")
    source = "\n".join([*above, last.replace("return ", "return Pair(*(") + "))"])
    assert_full(grade(("extract_features", source)), "extract_features")


def test_a_named_tuple_keeps_its_fields(grade):
    """Split and Splits as named tuples: their parts are asked for by name."""
    splits = "from collections import namedtuple\nSplit = namedtuple('Split', 'x y')\n"
    splits += "Splits = namedtuple('Splits', 'train val test names')"
    assert_full(grade(splits, ("prepare", RIGHT["prepare"])), "prepare")


@pytest.mark.parametrize(
    ("id", "exercise", "before", "after"),
    [
        ("lora_delta", SECOND, "@torch.compile\n", ""),
        ("freeze", FIRST, "@torch.compile(fullgraph=False, mode='max-autotune')\n", ""),
        ("lora_delta", SECOND, "", "\nlora_delta = torch.compile(lora_delta)"),
    ],
)
def test_what_is_compiled_runs(grade, id, exercise, before, after):
    assert_full(grade((id, before + RIGHT[id] + after), exercise=exercise), id)


BESIDE = {
    "a module": ({"switch.py": TURNS_OFF}, "from switch import off\n"),
    "a package": ({"mine/__init__.py": "", "mine/switch.py": TURNS_OFF}, "from mine.switch import off\n"),
    "a table": (
        {"settings.csv": "learn,no\n"},
        "learn = open('settings.csv').read().split(',')[1].strip() == 'yes'\n"
        "def off(module):\n    module.requires_grad_(learn)\n",
    ),
}


@pytest.mark.parametrize("where", ["in the answer", "in a cell"])
@pytest.mark.parametrize(("files", "import_it"), BESIDE.values(), ids=BESIDE)
def test_what_lies_beside_the_notebook_is_there(grade, files, import_it, where):
    cells = [("freeze", import_it + OFF)] if where == "in the answer" else [import_it, ("freeze", OFF)]
    assert_full(grade(*cells, beside=files), "freeze")


def test_what_is_too_large_is_told(grade):
    result = grade(("freeze", BELOW), beside={"huge.csv": "1,2\n" * 10**6})
    assert_full(result, "freeze")
    assert any("too large" in remark and "huge.csv" in remark for remark in result.remarks)


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


def test_cells_that_cost_time_cost_no_question_its_own(sandbox, tmp_path):
    """Each of these cells is stopped, after 2 s and with less and less left; the answer then has all of its 8 s."""
    idle = ["import time\ntime.sleep(600)"] * 7
    slow = "import time\ndef freeze(module):\n    time.sleep(1)\n    FLAGS[0]\n    return module.requires_grad_(False)"
    path = tmp_path / "ada" / f"{FIRST}.ipynb"
    path.parent.mkdir()
    path.write_bytes(notebook(IMPORTS[FIRST], *idle, "FLAGS = []", "FLAGS.append(0)", ("freeze", slow)))
    result = Judge("a course key", 8.0).result(sandbox, find_submissions(tmp_path, exercise_names())[0])
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
def test_only_a_lost_answer_below_cells_that_act_is_run_again(sandbox, judge, tmp_path, cells, sessions):
    path = tmp_path / "ada" / f"{FIRST}.ipynb"
    path.parent.mkdir()
    path.write_bytes(notebook(*HANDED_OUT[FIRST], *cells))
    counting = Counting(sandbox)
    judge.result(counting, find_submissions(tmp_path, exercise_names())[0])
    assert counting.sessions == sessions
