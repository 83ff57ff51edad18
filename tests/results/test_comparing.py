"""Two gradings side by side: who gained or lost, where, by how much, and why."""

from collections.abc import Callable
from typing import Any

import pytest

from grader.results import SubmissionResult
from grader.results.comparing import compare
from grader.results.judges import KEPT, changed_files, with_judge
from grader.results.status import Status

Make = Callable[..., SubmissionResult]
FREEZE = "grader/hidden/feature_extraction/freeze.py"


@pytest.fixture
def scored(make: Make) -> Make:
    """A record with these points for `freeze` and `prepare`, of two each."""

    def made(freeze: float, prepare: float = 1.0, **changes: Any) -> SubmissionResult:
        each = {"minutes": 10, "objectives": [], "max_points": 2.0, "status": "partial"}
        questions = [
            {"id": "freeze", "title": "Freeze", "points": freeze, **each},
            {"id": "prepare", "title": "Prepare", "points": prepare, **each},
        ]
        return make(questions=questions, points=freeze + prepare, max_points=4.0, **changes)

    return made


def judges(**files: dict[str, str]) -> dict[str, dict[str, Any]]:
    return {digest: {"exercise": "02_feature_extraction", "files": each} for digest, each in files.items()}


def test_who_gained_and_lost_and_by_how_much(scored: Make, make_not_graded: Make) -> None:
    before = [
        scored(1.0, learner="anna"),
        scored(1.0, learner="bob"),
        scored(1.0, 2.0, learner="both"),
        scored(1.0, learner="same"),
        make_not_graded(learner="mended"),
        scored(1.0, learner="gone"),
    ]
    after = [
        scored(1.5, learner="anna"),
        scored(0.0, learner="bob"),
        scored(2.0, 0.5, learner="both"),
        scored(1.0, learner="same", judged_by="beef", package="9.9"),
        scored(2.0, learner="mended"),
        scored(2.0, learner="new"),
    ]
    found = compare(before, after)
    assert [(c.learner, c.question, c.before, c.after, c.difference) for c in found.changes] == [
        ("anna", "freeze", 1.0, 1.5, 0.5),
        ("bob", "freeze", 1.0, 0.0, -1.0),
        ("both", "freeze", 1.0, 2.0, 1.0),
        ("both", "prepare", 2.0, 0.5, -1.5),
        ("gone", None, 2.0, None, None),
        ("mended", None, None, 3.0, None),
        ("new", None, None, 3.0, None),
    ]
    assert (found.gained, found.lost, found.compared) == (["anna"], ["bob", "both"], 5)
    assert found.sentence() == "1 learner gained, 2 lost, 2 newly graded, 1 no longer graded"
    assert found.by_question() == [
        ("02_feature_extraction", "Freeze", 2, 1, 0.5),
        ("02_feature_extraction", "Prepare", 0, 1, -1.5),
    ]
    assert [c.reasons[0].code for c in found.changes[4:]] == ["gone", "not_graded_before", "new"]
    assert compare(before, before).sentence() == "nobody's points changed"


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"digest": "cd" * 32}, "notebook", "the notebook changed"),
        ({"package": "0.2.0"}, "package", "tl-exercises 0.1.0 before, 0.2.0 now"),
        ({"isolation": "none"}, "isolation", "isolation full before, none now"),
        ({"seed": "5eed"}, "key", "hidden inputs from another course key"),
        ({"judged_by": "test"}, "hidden_test", f"its hidden test changed: {FREEZE}"),
        ({"judged_by": "ref"}, "reference", "its reference changed: tlcore/reference/feature_extraction/freeze.py"),
        ({"judged_by": "weights"}, "checkpoints", "a checkpoint changed: tlcore/checkpoints/leaves/card.json"),
        ({"judged_by": "engine"}, "engine", "how answers are run and judged changed: grader/judging/verdict.py"),
        ({"judged_by": "points"}, "question", "answer cells of the exercise changed: solutions/02"),
        ({"judged_by": "setups"}, "hidden_test", "what the hidden tests of the exercise share changed"),
        ({"judged_by": "unknown"}, "judged_by", "judged by other sources; which ones is not recorded"),
        ({"judged_by": "another question's"}, "chance", "nothing that this question is judged by changed"),
        ({}, "chance", "nothing that this question is judged by changed"),
    ],
)
def test_why(scored: Make, changes: dict[str, Any], code: str, words: str) -> None:
    files = {FREEZE: "1", "grader/hidden/feature_extraction/prepare.py": "1", "tlcore/data/leaves.py": "1"}
    known = judges(
        feed=files,
        test={**files, FREEZE: "2"},
        ref={**files, "tlcore/reference/feature_extraction/freeze.py": "2"},
        weights={**files, "tlcore/checkpoints/leaves/card.json": "2"},
        engine={**files, "grader/judging/verdict.py": "2"},
        points={**files, "solutions/02_feature_extraction.py": "2"},
        setups={**files, "grader/hidden/feature_extraction/setups.py": "2"},
    )
    known |= judges(**{"another question's": {**files, "grader/hidden/feature_extraction/prepare.py": "2"}})
    found = compare([scored(1.0)], [scored(2.0, **changes)], known, lambda record: False)
    (change,) = found.changes
    (reason,) = change.reasons
    assert reason.code == code and words in reason.words


def test_all_that_differs_is_named(scored: Make) -> None:
    now = scored(2.0, digest="cd" * 32, package="0.2.0", judged_by="x", seed="5eed")
    (change,) = compare([scored(1.0)], [now], {}, lambda record: False).changes
    assert [reason.code for reason in change.reasons] == ["notebook", "package", "judged_by", "key"]


def test_other_inputs_after_feedback_are_not_another_key(scored: Make) -> None:
    (change,) = compare([scored(1.0)], [scored(2.0, seed="own")], {}, lambda record: True).changes
    assert [reason.code for reason in change.reasons] == ["inputs"]
    changed = scored(2.0, seed="own", digest="cd" * 32)
    (change,) = compare([scored(1.0)], [changed], {}, lambda record: True).changes
    assert [reason.code for reason in change.reasons] == ["notebook"]


def test_points_set_by_hand(scored: Make) -> None:
    by_hand = scored(1.0)
    by_hand.set_by_hand("freeze", 2.0, "right idea", "Ann")
    (change,) = compare([scored(1.0)], [by_hand]).changes
    assert [(reason.code, reason.words) for reason in change.reasons] == [("override", "set by hand: right idea (Ann)")]
    (change,) = compare([by_hand], [scored(1.0)]).changes
    assert [reason.words for reason in change.reasons] == ["points that were set by hand do not count any more"]
    assert compare([by_hand], [by_hand]).changes == []


def test_questions_that_come_and_go_and_that_the_grader_failed_on(scored: Make, make: Make) -> None:
    shorter = make()  # `freeze` alone, with one point
    (change,) = compare([shorter], [scored(1.0)]).changes
    assert (change.question, change.before, change.reasons[0].code) == ("prepare", None, "new_question")
    (change,) = compare([scored(1.0)], [shorter]).changes
    assert (change.question, change.after, change.reasons[0].code) == ("prepare", None, "no_question")
    failed = scored(0.0)
    failed.questions[0].status = Status.NOT_GRADED
    (change,) = compare([failed], [scored(1.0)]).changes
    assert (change.before, change.after, change.reasons[0].code) == (None, 1.0, "grader")


def test_which_files_a_digest_stands_for_is_kept_within_bounds() -> None:
    known: dict[str, dict[str, Any]] = {}
    assert with_judge(known, "x", "04", {"a": "1"})
    assert not with_judge(known, "x", "04", {"a": "2"})
    for count in range(2 * KEPT):
        with_judge(known, str(count), "02", {"a": str(count), "b": "1"})
    assert list(known) == ["x", *map(str, range(KEPT, 2 * KEPT))]
    assert changed_files(known["x"], known["12"]) == ["a", "b"]
