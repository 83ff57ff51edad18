"""Right in Jupyter is right here: what an answer needs of the cells around it, however they are written.

Each kind of notebook is there at least twice.
"""

import pytest
from small_notebooks import BELOW, FREEZE, JUDGED_SO, OFF, RIGHT, TURNS_OFF, assert_full, question

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
