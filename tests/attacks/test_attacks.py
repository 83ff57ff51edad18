"""Every attack of submissions/: it gets no point, learns nothing, harms nobody and leaves nothing.

Each is graded as a class of two would be, the attacker first and an honest learner after, in every tier that protects.
"""

import html
from pathlib import Path

import pytest
from arena import ATTACKS, LIMITS, TIME_LIMIT, Arena, Outcome, question_of
from grader_state import MOST_MIB, GraderState
from shown import acts_on_a_page, acts_on_a_terminal

from grader.cli.grade import show
from grader.grading.batch import Summary
from grader.pages import write_pages
from grader.results import RecordStore

UNREASONABLE = 30.0
"""Seconds for an attack and its clearing away: a question may take 3, and a lost process costs that twice. Up to 8.3 in
180 runs on two cores with a load of 5 to 23."""
MOST_ASKED = 2.6 * TIME_LIMIT
"""Seconds that a question is waited for in all: its time, and a third of it for each of three further ways to ask (in a
fresh process, as in Jupyter, with stand-ins). The rest is for reading the notebook again, on a busy machine."""
MOST_MEMORY = 1.6 * LIMITS.total_memory_mib
"""MiB: the limit, and what is touched between two looks at it (every 50 ms, on a busy machine). Up to 940 in 60 runs of
bombs, whose steps between two looks were 110 to 560; LOOKS of them are allowed where that is more."""
MOST_NAMELESS = 9.0 * LIMITS.scratch_mib
"""MiB: four times the scratch folder may be written, and what is written between two looks. 36 to 156 in 48 runs (disk
and tmpfs, quiet and at load 4); without a limit the attack was seen to hold 1,036."""

MOST_UNSEEN = 1.5 * LIMITS.total_memory_mib
"""MiB that the machine may have more, of memory that is in no process's account. The test shares it with others."""

LOOKS = 3
"""How many times as much as was added between two of this test's own looks (every 50 ms too) a limit may be passed by,
should a machine be so quick, or who looks so late, that this is more."""


@pytest.mark.parametrize("answers", ATTACKS, ids=lambda path: path.stem)
def test_attack(answers: Path, arena: Arena, undisturbed: dict[tuple[str, str], Outcome]) -> None:
    question = question_of(answers)
    if (arena.tier, question) not in undisturbed:
        undisturbed[arena.tier, question] = arena.honest(question)
    before = undisturbed[arena.tier, question]
    assert before.record.points == before.record.max_points, before.record.questions[0].message
    grader = GraderState()

    attacked = arena.attack(answers)
    left = arena.left_behind()
    after = arena.honest(question)

    assert attacked.record.status == "graded", attacked.record.reason
    assert attacked.record.points == 0.0
    assert attacked.seconds < UNREASONABLE
    assert attacked.record.answer_seconds < MOST_ASKED
    assert attacked.used is not None
    used = attacked.used
    assert used.memory_mib < max(MOST_MEMORY, LIMITS.total_memory_mib + LOOKS * used.memory_step_mib)
    assert used.unseen_mib < MOST_UNSEEN
    assert used.nameless_mib < max(MOST_NAMELESS, 4 * LIMITS.scratch_mib + LOOKS * used.nameless_step_mib)
    assert left == []
    assert after.comparable() == before.comparable()
    assert after.seconds < before.seconds + 5
    assert grader.changes() == []
    assert grader.grown_mib() < MOST_MIB
    assert arena.canaries.in_text(attacked.said) == []


def test_nothing_shown_leaks_or_acts(arena: Arena, capsys: pytest.CaptureFixture[str]) -> None:
    """All records, tables and pages of a class in which every learner is one of the attackers."""
    store = RecordStore(arena.out)
    assert sum(1 for _ in store.records()) == len(ATTACKS)
    results = store.write_results("0", arena.tier)
    show(Summary(arena.tier, results, graded=len(ATTACKS)), store)
    table = capsys.readouterr().out
    assert "ending_os_exit" in table
    write_pages(arena.out, store.records())
    files = {path: path.read_text() for path in sorted(arena.out.rglob("*")) if path.is_file()}
    for shown in (*files.values(), table):
        assert arena.canaries.in_text(shown.encode() + html.unescape(shown).encode()) == []
        assert acts_on_a_terminal(shown) == []
    pages = {path.name: acts_on_a_page(text) for path, text in files.items() if path.suffix == ".html"}
    assert len(pages) == len(ATTACKS) + 1
    assert {name: acts for name, acts in pages.items() if acts} == {}


def test_the_neighbours_session_lives_on(arena: Arena) -> None:
    """Last: whatever was tried, a session that ran beside all of it still answers, and holds what it held."""
    answers = arena.neighbour.begin("freeze")
    answers.restart_clock()
    value, _ = answers.ask({"op": "call", "function": "freeze", "args": [None], "kwargs": {}}, {})
    assert value == {"text": arena.canaries.session}


def test_no_memory_is_shared_with_the_next(arena: Arena) -> None:
    """What is mapped shared and writable in the fork server would be one memory for all learners."""
    maps = Path(f"/proc/{arena.fork_servers[-1]}/maps").read_text().splitlines()
    assert len(maps) > 100
    assert [line for line in maps if line.split()[1].startswith("rw") and line.split()[1].endswith("s")] == []
