"""Reading solution files: what an exercise knows, and what an author is told."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.exercise.catalogue import exercise_names, load_exercise
from grader.exercise.errors import AuthoringError
from grader.exercise.hints import split_hints
from grader.exercise.libraries import imported_by, imported_in

NAME = "01_doubling"
QUESTION = 'question="double" minutes=5 difficulty=1 objectives="O1,O3V"'


def test_what_an_exercise_knows(course: Path):
    exercise = load_exercise(NAME, course)
    assert (exercise.name, exercise.topic, exercise.title) == (NAME, "doubling", "Doubling")
    assert (exercise.minutes, exercise.max_points) == (13, 2.6)
    double, constant = exercise.questions
    assert (double.id, double.title, double.minutes, double.points) == ("double", "Double it", 5, 1.0)
    assert (double.difficulty, double.objectives) == (1, ("O1", "O3V"))
    assert double.hints == ("What is `number + 0`?", "And `number + number`?")
    assert double.defines == ("double",)
    assert constant.defines == ("constant",)
    assert constant.answer_source == 'constant = {"answer": 42}'
    assert constant.hints == ("Six times seven.",)
    assert exercise.question("constant") is constant
    with pytest.raises(KeyError, match="has no question 'triple'; it has double, constant"):
        exercise.question("triple")


def test_names_are_sorted_and_other_files_are_no_exercises(course: Path):
    for name in ("10_last.py", "02_second.py", "notes.py", "1_short.py", "README.md"):
        (course / "solutions" / name).write_text("")
    assert exercise_names(course) == [NAME, "02_second", "10_last"]


def test_what_notebooks_import(course: Path, spoil):
    assert imported_by([NAME, "99_no_such"], course) == {"tlcore"}
    check = "from tlcore.check import check"
    spoil(check, f"{check}\nif check:\n    from peft.tuners import lora\n# import transformers")
    assert imported_by([NAME], course) == {"tlcore", "peft"}


def test_what_judging_builds_counts_too():
    """The vision transformers of notebook 03's hidden tests; its cells import nothing of the kind."""
    assert "transformers" in imported_by(["03_fine_tuning"])
    assert not imported_by(["04_lora_from_scratch"]) & {"transformers", "sklearn"}


def test_what_a_strangers_notebook_imports():
    lines = ["import torch\\n", "  from sklearn.svm import SVC\\n", "#import peft\\n", "x = 'import numpy'"]
    notebook = (
        '{"cells": [{"source": [' + ", ".join(f'"{line}"' for line in lines) + ']}, {"source": "a\\nimport scipy"}]}'
    )
    assert imported_in(notebook.encode()) == {"torch", "sklearn", "scipy"}
    assert imported_in(b"\xff\x00import torch") == set()


def test_a_solution_that_was_read_once_is_read_without_jupytext(course: Path, tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from grader.exercise.catalogue import load_exercise;"
        f"print(load_exercise({NAME!r}, Path(sys.argv[1])), 'jupytext' in sys.modules)"
    )
    environment = {**os.environ, "TL_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-c", code, str(course)]
    first, second = (subprocess.check_output(command, text=True, env=environment).split("\n")[0] for _ in range(2))
    assert first.endswith(" True")
    assert second == first.removesuffix("True") + "False"


def test_a_changed_file_is_read_again(course: Path, spoil):
    before = load_exercise(NAME, course)
    assert load_exercise(NAME, course) is before
    spoil("# 1. add it to itself", "# 1. double it, in one step")
    assert "in one step" in load_exercise(NAME, course).question("double").blank_source


def test_reading_does_not_import_what_is_heavy(course: Path):
    code = (
        "import sys; from pathlib import Path; from grader.exercise.catalogue import load_exercise;"
        f"load_exercise({NAME!r}, Path(sys.argv[1]));"
        "print([m for m in ('torch', 'nbgrader', 'transformers', 'sqlalchemy') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code, course], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    ### BEGIN SOLUTION\n", "", r":12: question 'double': '### END SOLUTION' without a '### BEGIN SOLUTION'"),
        ("    ### END SOLUTION\n", "", r":12: question 'double': '### BEGIN SOLUTION' without '### END SOLUTION'"),
        ("    ### END SOLUTION\n", "    ### BEGIN SOLUTION\n", r"a second '### BEGIN SOLUTION'"),
        (
            "double(21)",
            "### BEGIN SOLUTION\ndouble(21)\n### END SOLUTION",
            r":37: solution marks belong in a cell with",
        ),
        (QUESTION, QUESTION.replace(" minutes=5", ""), r":12: question 'double' has no minutes; add minutes=N"),
        (QUESTION, QUESTION.replace("minutes=5", 'minutes="5"'), r"question 'double' has '5' as minutes"),
        (QUESTION, QUESTION.replace(" difficulty=1", ""), r":12: question 'double' has no difficulty"),
        (QUESTION, QUESTION.split(" objectives")[0], r":12: question 'double' has no objectives"),
        (QUESTION, QUESTION.replace("O3V", "O9"), r"question 'double': 'O9' is no objective"),
        (
            QUESTION,
            QUESTION.replace("minutes=5", "minutes=five"),
            r":12: cannot read the options 'question=\"double\" min",
        ),
        ("# %%\n# %matplotlib", "# %% [raw]\n# %matplotlib", r":37: a raw cell; write a code or a markdown cell"),
        (QUESTION, QUESTION.replace("minutes", "minuets"), r"unknown option 'minuets'; here there can be check, diff"),
        (QUESTION, QUESTION.replace('"double"', '"Dou ble"'), r"question='Dou ble' is not an id"),
        (QUESTION, QUESTION.replace("question", 'check="double" question'), r"a cell is either question or check, not"),
        ("# ## Double it ·", "# ## Double it", r":12: question 'double' has no heading above it in the form"),
        ('hints="double"', "", r":12: question 'double' has no hints; add # %% \[markdown\] hints=\"double\""),
        ("# </details>\n# </details>", "# </details>", r":24: hints of 'double': a <details> without its </details>"),
        ('[markdown] hints="constant"', 'hints="constant"', r'hints="constant" must be a markdown cell'),
        ('# %% check="double"', "# %%", r":12: question 'double' has no check cell; add # %% check=\"double\""),
        ('check("double")\n# %% [m', "double(1)\n# %% [m", r"the check cell of 'double' does not call check\("),
        (
            'check="constant"\ncheck',
            'check="double"\ncheck',
            r"a second check cell of 'double'; the first is at line 22",
        ),
        ('question="constant"', 'question="double"', r"a second question 'double'; the first is at line 12"),
        ("number + number\n    return", "number +\n    return", r":17: syntax error: invalid syntax near `secret_sum"),
        ("# # Doubling", "# Doubling", r":1: no title; begin with a markdown cell"),
        ("# %% [markdown]\n# # D", "x = 1\n# %% [markdown]\n# # D", r":1: there is text before the first '# %%'"),
        ("# ## A constant", "# ## 1.7 A constant", r":43: the heading of 'constant' has numbers of its own"),
        ("# # Doubling", "# # 1 Doubling", r":1: the title begins with a number, which is computed"),
        ("# **What", "# ## Three · `triple`\n# **What", r":36: the heading of 'triple' has no question"),
        ("# **What", "# ## Again · `double`\n# **What", r":36: a second heading of 'double'; the first is at line 9"),
        ("# **What", "# ## 1.2 What next\n# **What", r":36: the heading '1.2 What next' has a number of its own"),
        (QUESTION, QUESTION.replace("O3V", "O1V"), r"question 'double': 'O1V' is no objective; they are O1, O2, O3, "),
        (
            "# **What you",
            "# {{tripled}}: **What you",
            r":35: nothing fills in '{{tripled}}' here; in prose there can be double",
        ),
        ("What is `number", "{{double}} `number", r":24: nothing fills in '{{double}}' here; in prose"),
        ("    ### BEGIN SOLUTION\n", "    return (\n    ### BEGIN SOLUTION\n0)\n", r"no valid Python once blanked"),
    ],
)
def test_an_author_is_told_what_is_wrong_and_where(spoil, old: str, new: str, message: str):
    course = spoil(old, new)
    with pytest.raises(AuthoringError) as caught:
        load_exercise(NAME, course)
    path = re.escape(str(course / "solutions" / f"{NAME}.py"))
    assert any(re.match(path + r":\d+: ", problem) for problem in caught.value.problems)
    assert re.search(message, str(caught.value)), str(caught.value)


def test_all_problems_are_told_at_once(spoil):
    course = spoil(QUESTION, 'question="double"')
    with pytest.raises(AuthoringError) as caught:
        load_exercise(NAME, course)
    assert len(caught.value.problems) == 3


def test_a_file_that_is_no_text(course: Path):
    (course / "solutions" / "02_bytes.py").write_bytes(b"# %%\n\xff\xfe")
    with pytest.raises(AuthoringError, match=r"02_bytes.py: not a UTF-8 text file"):
        load_exercise("02_bytes", course)
    (course / "solutions" / "03_header.py").write_text(
        "# ---\n# jupyter:\n#   kernelspec:\n#     name: x\n# ---\n# %%\n"
    )
    with pytest.raises(AuthoringError, match=r"03_header.py: jupytext cannot read it"):
        load_exercise("03_header", course)


@pytest.mark.parametrize(
    ("markdown", "hints"),
    [
        ("<details><summary>1</summary>a</details>\n<details><summary>2</summary>b</details>", ["a", "b"]),
        (
            "<details open>\n<summary>1</summary>\na\n<details><summary>2</summary>b</details>\nc</details>",
            ["a\n\nc", "b"],
        ),
        ("<DETAILS><summary>two\nlines</summary>`x < y`</DETAILS>", ["`x < y`"]),
    ],
)
def test_hints_are_split(markdown: str, hints: list[str]):
    assert split_hints(markdown) == hints


@pytest.mark.parametrize(
    ("markdown", "message"),
    [
        ("no fold", "no <details>"),
        ("<details><summary>1</summary> </details>", "a hint without text"),
        ("a</details>", "a </details> without"),
    ],
)
def test_hints_that_cannot_be_split(markdown: str, message: str):
    with pytest.raises(ValueError, match=message):
        split_hints(markdown)
