"""Hidden tests of `diagnose_shift`: many generated cases whose truth is known here.

No constant answer gets a point, and of sixty random ones (three keys) one got a third: each test has cases of two kinds
or more, and most of every kind have to be named rightly. Of 40 generated cases of a kind and size, four different right
procedures named 35 to 40 rightly (95% on average), so that the thresholds turn away less than one right answer in a
hundred.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from grader.hidden.registry import hidden_test
from grader.student.answers import LearnerError
from grader.student.views import View
from tlcore import plots
from tlcore.data import SHIFTS, shift_case


def cases(given: Any, kinds: tuple[str, ...], each: int, **sizes: Any) -> list[Any]:
    """So many cases of each kind, in random order."""
    names = [kind for kind in kinds for _ in range(each)]
    given.random.shuffle(names)
    return [shift_case(kind, given.choice([0.65, 0.7, 0.75, 0.8]), given.integer(0, 2**40), **sizes) for kind in names]


def named(student: Any, every: list[Any], labels: int) -> list[str]:
    """What the answer says of each case. Of the target it gets all rows, and the first labels."""
    said: list[str] = []
    for case in every:
        few = slice(0, labels)
        try:
            answer = student.diagnose_shift(case.x, case.y, case.target_x, case.target_x[few], case.target_y[few])
        except LearnerError:
            if not said:  # an answer that raises on some case only loses that case
                raise
            answer = "an error"
        said.append(answer[:20] if isinstance(answer, str) else "something that is no text")
    return said


def mostly(every: list[Any], said: list[str], right_name: dict[str, str]) -> dict[str, str]:
    """What cases of each kind were called most often; the right name where it is even with another."""
    found = {}
    for kind, right in right_name.items():
        counts = Counter(s for s, case in zip(said, every, strict=True) if case.kind == kind)
        found[kind] = max(counts, key=lambda name: (counts[name], name == right, name))
    return found


def judged(expect: Any, every: list[Any], said: list[str], least: int, truth: dict[str, str] | None = None) -> None:
    """What was said most of each kind, and whether nearly all cases were named rightly."""
    kinds = [kind for kind in SHIFTS if any(case.kind == kind for case in every)]
    right_name = truth or {kind: kind for kind in kinds}

    def shows(found: dict[str, str]) -> str:
        return ", ".join(f"{kind} is called {name}" for kind, name in found.items())

    expect(
        mostly(every, said, right_name), "what most cases of each kind are called", equals=right_name, view=View(shows)
    )
    hits = dict.fromkeys(kinds, 0)
    for name, case in zip(said, every, strict=True):
        hits[case.kind] += name == right_name[case.kind]
    totals = [sum(case.kind == kind for case in every) for kind in kinds]
    picture = plots.bars("Cases named rightly", kinds, list(hits.values()), totals, ylabel="cases")
    right = sum(hits.values()) >= least
    view = View(draws=lambda *_: picture)
    expect(right, f"at least {least} of {len(every)} cases are named rightly", equals=True, view=view)


@hidden_test(weight=3, says="P(x) has changed. Is it the same within each class?")
def test_covariate_or_label(student, given, expect):
    """Covariate shift and label shift are told apart"""
    every = cases(given, ("covariate", "label"), 6)
    judged(expect, every, named(student, every, 100), least=9)


@hidden_test(weight=3, says="P(x) has not changed. What do the few labels say?")
def test_concept_or_none(student, given, expect):
    """Concept shift is told from no shift"""
    every = cases(given, ("none", "concept"), 6)
    judged(expect, every, named(student, every, 100), least=8)


@hidden_test(weight=2, says="What in it depends on the number of classes, of columns, or of rows of each side?")
def test_other_sizes(student, given, expect):
    """All four kinds are told apart where the source has more rows than the target, and four classes"""
    every = cases(given, SHIFTS, 4, rows=(600, 300), classes=4, dimensions=4)
    judged(expect, every, named(student, every, 100), least=11)


@hidden_test(weight=1, says="What can be said without a single label of the target?")
def test_without_labels(student, given, expect):
    """Without labels of the target, a change of P(x) is still named, and concept shift cannot be seen"""
    every = cases(given, SHIFTS, 4)
    truth = {kind: kind for kind in SHIFTS} | {"concept": "none"}
    judged(expect, every, named(student, every, 0), least=12, truth=truth)
