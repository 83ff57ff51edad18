"""`tl new`: the files of a question in every room, to be filled. What is there already is never touched."""

from __future__ import annotations

import re
from pathlib import Path

from grader.authoring.layout import ANSWERS, ROOMS
from grader.exercise.catalogue import NAME, ROOT, exercise_names
from grader.exercise.errors import AuthoringError

ID = re.compile(r"[a-z][a-z0-9_]*")

EXERCISE = """# %% [markdown]
# # {title}
#
# TODO What is this about, and what can you do when you are done?
#
# {{{{Questions}}}} questions, {{{{minutes}}}} minutes.

# %%
import torch
from torch import nn

from tlcore.check import check
"""

CELLS = """
# %% [markdown]
# ## {title} · `{id}`
#
# TODO A motive; a tiny example whose numbers can be checked by hand; then all that is asked.

# %% question="{id}" minutes=5 difficulty=1 objectives="O2"

# %% check="{id}"
check("{id}")

# %% [markdown] hints="{id}"
# <details><summary>Hint 1: a nudge</summary>
#
# TODO
#
# <details><summary>Hint 2: where to look</summary>
#
# TODO
#
# <details><summary>Hint 3: nearly there</summary>
#
# TODO
#
# </details></details></details>
"""

FILES = {
    "tlcore/reference": '''"""TODO What it is, in one line. The answer cell is made from this file."""


def {id}(x):
    """TODO What it returns; shapes; errors."""
    # 1. TODO a step that the learner reads in the blank
    ### BEGIN SOLUTION
    return x
    ### END SOLUTION
''',
    "tlcore/misconceptions": '''"""Wrong ideas about `{id}`."""

from tlcore.misconceptions.registry import misconception


@misconception(asks="TODO What would the holder of this idea have to ask?")
def what_is_believed(x):
    """TODO What is believed, in a sentence."""
    return None
''',
    "tlcore/checks": '''"""Public check of `{id}`."""

from tlcore import plots


def check({id}, show):
    show.tried("`{id}(2.0)`")  # TODO
    show.expect("what it returns", {id}(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
''',
    "grader/hidden": '''"""Hidden tests of `{id}`."""

from grader.hidden.registry import hidden_test


@hidden_test(weight=1, says="TODO What should a learner look at whose answer fails?")
def test_what_it_does(student, given, expect):
    """TODO What is right, in words"""
    expect(student.{id}(given.tensor(3)), "TODO what the value is")
''',
}
RIGHT = """# TODO another right way to write it
def {id}(x):
    return None
"""
WRONG = """# TODO the sentence of the statement that this answer breaks
def {id}(x):
    return x
"""


def new(name: str, question: str, root: Path = ROOT) -> list[Path]:
    """Write what a question lacks, and the exercise if it is new; the paths that were written.

    Raises AuthoringError for a name that cannot be one.
    """
    if not NAME.fullmatch(name):
        raise AuthoringError(f"'{name}' is no exercise's name; write NN_topic, such as 05_fine_tuning")
    if not ID.fullmatch(question):
        raise AuthoringError(f"'{question}' is no id; write snake_case, such as replace_head")
    for other in exercise_names(root):
        text = (root / "solutions" / f"{other}.py").read_text(encoding="utf-8")
        if other != name and f'question="{question}"' in text:
            raise AuthoringError(f"{other} has a question '{question}' already; choose another id")
        if other != name and other[3:] == name[3:]:
            raise AuthoringError(f"the topic '{name[3:]}' is that of {other}; choose another")
    topic = name[3:]
    words = {"id": question, "title": question.replace("_", " ").capitalize()}
    written: list[Path] = []
    solution = root / "solutions" / f"{name}.py"
    _write(solution, EXERCISE.format(title=topic.replace("_", " ").capitalize()), written)
    text = solution.read_text(encoding="utf-8")
    if f'question="{question}"' not in text:
        solution.write_text(text.rstrip("\n") + "\n" + CELLS.format(**words), encoding="utf-8")
        written = [solution, *(path for path in written if path != solution)]
    for room in ROOMS:
        folder = root / room / topic
        _write(folder / "__init__.py", f'"""{words_of(room)} of {topic.replace("_", " ")}."""\n', written)
        _write(folder / f"{question}.py", FILES[room].format(**words), written)
    answers = root / ANSWERS / topic / question
    for kind, template in (("right", RIGHT), ("wrong", WRONG)):
        if not any(answers.glob(f"{kind}_*.py")):
            _write(answers / f"{kind}_one.py", template.format(**words), written)
    return written


def words_of(room: str) -> str:
    """What a room holds."""
    return {"reference": "References", "misconceptions": "Wrong ideas", "checks": "Public checks"}.get(
        room.rpartition("/")[2], "Hidden tests"
    )


def _write(path: Path, text: str, written: list[Path]) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
