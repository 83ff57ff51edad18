"""`tl verify` finds what is wrong: each way in which a question can fall short is said, and ends with status 1.

A small course of one question is added to the real engine, sound at first, then spoiled in one way at a time.
"""

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from grader.authoring import layout, verify
from grader.authoring.answers import surroundings
from grader.authoring.new import new
from grader.authoring.proof import Proof, prove
from grader.cli.app import app
from grader.exercise.catalogue import load_exercise
from grader.exercise.errors import AuthoringError
from grader.hidden.registry import hidden_tests
from grader.judging import answer_key
from grader.judging.judged_by import judged_by
from tlcore.misconceptions import misconceptions_of

NAME, TOPIC, ID = "97_ratios", "ratios", "share_of"
PACKAGES = ("tlcore.checks", "tlcore.reference", "tlcore.misconceptions", "grader.hidden")
FILES = {
    "solutions/97_ratios.py": """# %% [markdown]
# # Ratios

# %%
from tlcore.check import check

# %% [markdown]
# ## Share · `share_of`
# `share_of(1, 4)` is `0.25`; of nothing it is 0.

# %% question="share_of" minutes=5 difficulty=1 objectives="O2"

# %% check="share_of"
check("share_of")

# %% [markdown] hints="share_of"
# <details><summary>Hint 1</summary>Divide.</details>
""",
    "tlcore/reference/ratios/share_of.py": '''"""A share."""


def share_of(part: float, whole: float) -> float:
    """The share of `part` in `whole`."""
    # 1. divide
    ### BEGIN SOLUTION
    return part / whole if whole else 0.0
    ### END SOLUTION
''',
    "tlcore/misconceptions/ratios/share_of.py": """from tlcore.misconceptions.registry import misconception


@misconception(asks="Which of the two is the whole?")
def upside_down(part, whole):
    "The whole is divided by the part."
    return whole / part if part else 0.0
""",
    "tlcore/checks/ratios/share_of.py": """from tlcore import plots


def check(share_of, show):
    show.expect("share of 1 in 4", share_of(1, 4), 0.25)
    show.expect("share of 1 in 2", share_of(1, 2), 0.5)
    show.picture(plots.bars("Shares", ["a"], [0.25], ylabel="share"))
    show.untried("a whole of nothing")
""",
    "grader/hidden/ratios/share_of.py": '''from grader.hidden.registry import hidden_test


@hidden_test(weight=3, says="Divide.")
def test_share(student, given, expect):
    """Shares are right"""
    expect(student.share_of(given.integer(1, 4), given.integer(5, 9)), "a share")


@hidden_test(weight=1, says="What is a share of nothing?")
def test_nothing(student, given, expect):
    """A share of nothing is 0"""
    expect([student.share_of(given.integer(1, 4), whole) for whole in (0, 8)], "shares of 0 and 8")
''',
    "tests/answers/ratios/share_of/right_times.py": "def share_of(a, b):\n    return a * b**-1 if b else 0\n",
    "tests/answers/ratios/share_of/wrong_zero.py": '# "of nothing it is 0"\ndef share_of(a, b):\n    return a / b\n',
}
for room in PACKAGES:
    FILES[f"{room.replace('.', '/')}/ratios/__init__.py"] = ""
Spoil = Callable[[str, str, str], None]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A course of one sound question, which the engine takes for its own."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for package in PACKAGES:
        folder = str(tmp_path / package.replace(".", "/"))
        monkeypatch.setattr(importlib.import_module(package), "__path__", [folder])
    monkeypatch.setattr(answer_key, "load_exercise", lambda name: load_exercise(name, tmp_path))
    monkeypatch.setattr(answer_key, "judged_by", lambda exercise: judged_by(exercise, tmp_path))
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    for name in [name for name in sys.modules if any(name.startswith(f"{p}.{TOPIC}") for p in PACKAGES)]:
        del sys.modules[name]
    for function in (hidden_tests, misconceptions_of, answer_key.reference_names, surroundings):
        function.cache_clear()
    importlib.invalidate_caches()


@pytest.fixture
def spoil(course: Path) -> Spoil:
    def replace(name: str, old: str, new_text: str) -> None:
        [path] = [course / file for file in FILES if file.startswith(name)]
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new_text, 1), encoding="utf-8")

    return replace


def proof_of(course: Path) -> Proof:
    exercise = load_exercise(NAME, course)
    return prove(exercise, exercise.question(ID), course / "tests" / "answers")


def test_a_sound_question_has_no_problem_and_what_is_missed_is_counted(course: Path) -> None:
    proof = proof_of(course)
    assert proof.problems == []
    assert proof.reference_passes and proof.blank_points == 0 and proof.disagreements == 0
    assert proof.misconceptions == {"total": 1, "caught": 1, "named": 1}
    assert (proof.alternatives, proof.wrong) == ({"total": 1, "accepted": 1}, {"total": 1, "caught": 1})
    assert proof.check == {"rejects_right": 0, "misses": 1}
    assert load_exercise(NAME, course).question(ID).answer_source.startswith("def share_of(part, whole):\n")


CHECK, HIDDEN = "tlcore/checks/ratios/s", "grader/hidden/ratios/s"
WRONG, REFERENCE = "tlcore/misconceptions/ratios/s", "tlcore/reference/ratios/s"


@pytest.mark.parametrize(
    ("file", "old", "new_text", "said"),
    [
        (CHECK, "0.25)", "0.5)", f"{CHECK}hare_of.py:4: the public check rejects the reference: share of 1 in 4"),
        (
            CHECK,
            '    show.expect("share of 1 in 2',
            '    nn.Linear\n    show.expect("share of 1 in 2',
            ":6: the public",
        ),
        (CHECK, "from tlcore import plots", "import no_such", f"{CHECK}hare_of.py:1: ModuleNotFoundError: No module"),
        (CHECK, "share_of, show", "shar_of, show", "check asks for shar_of, which no reference defines"),
        (CHECK, "def check", "def chekc", "there is no function check"),
        (CHECK, "    show.picture", "    # show.picture", "the public check draws no picture"),
        (CHECK, "    show.untried", "    # show.untried", "passes what is wrong (wrong_zero.py)"),
        (HIDDEN, "given.integer(1, 4), g", "given.tinynet(), g", f"{HIDDEN}hare_of.py:7: AttributeError: 'Given' obj"),
        (HIDDEN, "student.share_of(", "student.tools.shar(", ":7: KeyError: 'shar'"),
        (
            HIDDEN,
            "student.share_of(",
            "student.tools.linaer(",
            f"{HIDDEN}hare_of.py:7: there is no tool linaer; did you mean linear?",
        ),
        (
            HIDDEN,
            "student.share_of(",
            "student.tools.xyz(",
            f"{HIDDEN}hare_of.py:7: there is no tool xyz; write it in grader/remote/tools/ and mark it @tool",
        ),
        (
            HIDDEN,
            'says="Divide."',
            'says="Divide.", stand_ins=("LoRALiner",)',
            f"{HIDDEN}hare_of.py:4: there is no stand-in LoRALiner; did you mean LoRALinear?",
        ),
        (
            HIDDEN,
            '@hidden_test(weight=3, says="Divide.")',
            'EARLIER = ("xyz",)\n@hidden_test(weight=3, says="Divide.", stand_ins=EARLIER)',
            f"{HIDDEN}hare_of.py:4: there is no stand-in xyz; write it in grader/judging/stand_ins/",
        ),
        (HIDDEN, "says=", "sais=", f"{HIDDEN}hare_of.py:4: TypeError: hidden_test() got an unexpected keyword"),
        (HIDDEN, "def test_share(student", "def test_share(student:", f"{HIDDEN}hare_of.py:5: syntax error: invalid"),
        (HIDDEN, '"Divide."', '"Divide"', f"{HIDDEN}hare_of.py:5: says of test_share must be a sentence"),
        (
            HIDDEN,
            "Shares are right",
            "A share of nothing is 0",
            "'A share of nothing is 0' is there twice",
        ),
        (HIDDEN, '@hidden_test(weight=3, says="Divide.")\n', "", "test_share is no hidden test"),
        (HIDDEN, "for whole in (0, 8)", "for whole in (4, 8)", "wrong_zero.py:1: loses no point"),
        (
            HIDDEN,
            "What is a share of nothing?",
            "return part / whole if whole else 0.0.",
            "hare_of.py:11: 'return part / w",
        ),
        (
            WRONG,
            "Which of the two",
            "Is it `return part/whole if whole else 0.0`, or what",
            "hare_of.py:5: 'Is it `ret",
        ),
        (WRONG, "whole?", "whole", "asks of upside_down is no question"),
        (WRONG, "Which", "Which " * 30, "write fewer than 160"),
        (WRONG, '"The whole is divided by the part."', "", "upside_down has no docstring; say in a sentence what is"),
        (
            WRONG,
            "whole / part if part",
            "part / whole if whole",
            f"{WRONG}hare_of.py:4: misconception upside_down gets full",
        ),
        (
            WRONG,
            "whole / part if part else 0.0",
            "0.0 if whole else 1.0\n\n\n@misconception(asks='?')\ndef same(*both):\n    return upside_down(*both)",
            f"{WRONG}hare_of.py:10: misconception same is not named on every key (named: upside_down)",
        ),
        (WRONG, 'whole?"', 'whole?", replaces="shar"', "upside_down replaces shar, which no reference defines"),
        (REFERENCE, "def share_of", "def shareof", "asks for share_of, which no reference defines"),
        (REFERENCE, "# 1. divide", "# 1. TODO", "share_of.py:6: still to be written: 1. TODO"),
        ("tests/answers/ratios/share_of/r", "return a", "return 2 * a", "alternative right_times.py is not accepted"),
        ("tests/answers/ratios/share_of/r", "return a", "return a a", "right_times.py:2: syntax error: invalid syntax"),
        ("solutions/97", "# %%\nfrom", "# %%\nimport no_such\nfrom", "named 'no_such' (an import of the notebook)"),
        ("tests/answers/ratios/share_of/w", "# ", "", "wrong_zero.py:1: begin with a comment"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    course: Path, spoil: Spoil, file: str, old: str, new_text: str, said: str
) -> None:
    spoil(file, old, new_text)
    problems = proof_of(course).problems
    assert any(said in problem for problem in problems), problems
    assert not any("Traceback" in problem for problem in problems)


def test_an_answer_may_use_what_the_notebook_imports(course: Path, spoil: Spoil) -> None:
    spoil("solutions/97", "# %%\nfrom", "# %%\nimport math\nfrom")
    spoil("tests/answers/ratios/share_of/r", "a * b**-1", "math.prod([a, b**-1])")
    assert proof_of(course).problems == []


def test_a_reference_that_stops_hides_nothing_of_the_check(course: Path, spoil: Spoil) -> None:
    spoil(HIDDEN, "given.integer(1, 4), g", "given.tinynet(), g")
    [problem] = proof_of(course).problems
    assert problem.endswith("(a hidden test, asked of the reference)")


@pytest.mark.parametrize("file", [name for name in FILES if name.endswith("/share_of.py") and "reference" not in name])
def test_a_missing_file_is_said_with_the_command_that_writes_it(course: Path, file: str) -> None:
    (course / file).unlink()
    assert f"{file}:1: is missing; `tl new {NAME} {ID}` writes it" in proof_of(course).problems


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("grader/hidden/ratios/shareof.py", "is of no question of 97_ratios; did you mean 'share_of'?"),
        ("tlcore/misconceptions/ratios/x.py", "is of no question of 97_ratios; remove it"),
        ("tests/answers/ratios/shareof/right_one.py", "is of no question of 97_ratios; did you mean 'share_of'?"),
        ("tests/answers/ratios/share_of/rigth_one.py", "is neither right_*.py nor wrong_*.py"),
        ("tlcore/checks/ratio/share_of.py", "is of no exercise; did you mean 'ratios'?"),
        ("tlcore/reference/loose.py", "is in no topic's folder"),
        ("tlcore/stand_ins/ratio.py", "is of no exercise; did you mean 'ratios'?"),
    ],
)
def test_what_belongs_to_nobody_is_an_error(course: Path, file: str, said: str) -> None:
    path = course / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    problems = [*layout.strangers(course), *layout.of_exercise(load_exercise(NAME, course), course)]
    assert any(said in problem for problem in problems), problems


def test_a_tool_that_nobody_uses(course: Path) -> None:
    path = course / "grader" / "remote" / "tools" / "ratios.py"
    path.parent.mkdir(parents=True)
    path.write_text("@tool\ndef spare():\n    pass\n")
    assert list(layout.strangers(course)) == [
        "grader/remote/tools/ratios.py:2: no hidden test uses the tool spare; use it or remove it"
    ]


def test_a_tool_that_nobody_defines_in_the_set_ups_of_a_topic(course: Path) -> None:
    path = course / "grader" / "hidden" / TOPIC / "setups.py"
    path.write_text("def part_of(student):\n    return student.tools.linaer(1)\n")
    found = list(layout.of_exercise(load_exercise(NAME, course), course))
    assert found == ["grader/hidden/ratios/setups.py:2: there is no tool linaer; did you mean linear?"]


def test_an_id_that_another_notebook_has(course: Path) -> None:
    second = course / "solutions" / "98_more.py"
    filled = "\n### BEGIN SOLUTION\nshare_of = 1\n### END SOLUTION\n\n# %% check"
    text = (course / "solutions" / f"{NAME}.py").read_text()
    second.write_text(text.replace("\n\n# %% check", filled, 1))
    [problem] = layout.same_ids(course)
    other = "solutions/97_ratios.py:11 has a question 'share_of' too; choose another id"
    assert problem == f"solutions/98_more.py:11: {other}"


def test_a_new_question_fails_until_it_is_filled_and_nothing_is_overwritten(course: Path) -> None:
    before = {name: (course / name).read_bytes() for name in FILES}
    assert new(NAME, ID, course) == []
    assert {name: (course / name).read_bytes() for name in FILES} == before
    written = [path.relative_to(course).as_posix() for path in new(NAME, "another", course)]
    assert written[0] == f"solutions/{NAME}.py" and len(written) == 7
    exercise = load_exercise(NAME, course)
    problems = prove(exercise, exercise.question("another"), course / "tests" / "answers").problems
    places = {problem.partition(":")[0] for problem in problems if "still to be written" in problem}
    assert places == set(written)
    with pytest.raises(AuthoringError, match="97_ratios has a question 'another' already"):
        new("98_more", "another", course)


def test_json_and_exit_status_are_those_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert app(["verify", "04_lora_from_scratch", "lora_delta", "--json"], standalone_mode=False) in (None, 0)
    [entry] = json.loads(capsys.readouterr().out)
    assert entry.pop("seconds") > 0
    counts = {name: entry.pop(name) for name in ("misconceptions", "alternatives", "wrong", "check")}
    assert set(counts["check"]) == {"rejects_right", "misses"} and counts["check"]["rejects_right"] == 0
    assert (
        counts["misconceptions"]["total"] == counts["misconceptions"]["caught"] == counts["misconceptions"]["named"] > 5
    )
    assert counts["alternatives"]["total"] == counts["alternatives"]["accepted"] > 2
    assert counts["wrong"]["total"] == counts["wrong"]["caught"] > 5
    assert entry == {
        "exercise": "04_lora_from_scratch",
        "question": "lora_delta",
        "reference_passes": True,
        "blank_points": 0.0,
        "disagreements": 0,
        "problems": [],
    }


def test_several_processes_find_the_same_in_the_same_order() -> None:
    tasks = [("04_lora_from_scratch", "lora_delta", True), ("02_feature_extraction", "freeze", True)]
    found = {}
    for jobs in (1, 2):
        begun: list[str] = []
        proofs = verify._proved(tasks, jobs, begun.append)
        assert begun == [f"{name} {question}" for name, question, _ in tasks]
        entries = [{**asdict(proof), "seconds": 0.0} for proof, _ in proofs]
        told = [(one.who, str(one.report), one.verdict.message) for _, shown in proofs for one in shown]
        found[jobs] = entries, told
    assert found[1] == found[2]
    assert [entry["question"] for entry in found[2][0]] == ["lora_delta", "freeze"]
    assert len(found[2][1]) > 20


def test_show_prints_what_the_holder_of_each_wrong_idea_reads(capsys: pytest.CaptureFixture[str]) -> None:
    assert app(["verify", "04_lora_from_scratch", "lora_delta", "--show"], standalone_mode=False) in (None, 0)
    parts = capsys.readouterr().out.split("\n== ")
    assert parts[0].lstrip().startswith("exercise")
    told = {part.partition("\n")[0]: part for part in parts[1:]}
    ideas = {wrong.label: wrong.asks for wrong in misconceptions_of("lora_from_scratch", "lora_delta")}
    wrong = [path.name for path in sorted((verify.ANSWERS / "lora_from_scratch/lora_delta").glob("wrong_*.py"))]
    assert list(told) == [f"lora_delta: {who}" for who in (*ideas, *wrong)]
    for label, asks in ideas.items():
        part = told[f"lora_delta: {label}"]
        check, _, feedback = part.partition("-- the feedback: ")
        assert "-- the public check\n" in check
        assert feedback.startswith(("failed, 0 of ", "error, 0 of ", "partial, "))
        # What holders read: the question, each behaviour with its mark, and why it fails.
        assert f"   {asks}\n" in feedback
        assert re.search(r"\n   ✗ .+\n     .+", feedback)


def test_an_unknown_question_is_told_with_those_that_there_are() -> None:
    with pytest.raises(AuthoringError, match="has no question 'lora_dleta'; it has lora_delta, "):
        app(["verify", "04_lora_from_scratch", "lora_dleta"], standalone_mode=False)


def test_a_solution_that_cannot_be_read_is_a_problem_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(name: str) -> None:
        raise AuthoringError("solutions/04.py:3: no")

    monkeypatch.setattr(verify, "load_exercise", unreadable)
    assert [p.problems for p in verify.run(["04_lora_from_scratch"]) if p.exercise] == [["solutions/04.py:3: no"]]
