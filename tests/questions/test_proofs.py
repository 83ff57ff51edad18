"""Every question there is holds what `tl verify` asks. A new one needs no test of its own for this."""

import pytest

from grader.authoring import layout, verify
from grader.exercise.catalogue import exercise_names, load_exercise

QUESTIONS = [(name, question.id) for name in exercise_names() for question in load_exercise(name).questions]


@pytest.mark.parametrize(("exercise", "question"), QUESTIONS)
def test_verify_finds_no_problem(exercise: str, question: str) -> None:
    [proof] = verify.run([exercise], only=question)
    assert proof.problems == []
    assert proof.reference_passes and proof.blank_points == 0 and proof.disagreements == 0
    for wrong in (proof.misconceptions, proof.wrong):
        assert wrong["caught"] == wrong["total"]
    assert proof.misconceptions["named"] == proof.misconceptions["total"] > 0
    assert proof.alternatives["accepted"] == proof.alternatives["total"] > 0


def test_no_file_belongs_to_nobody() -> None:
    found = [problem for name in exercise_names() for problem in layout.of_exercise(load_exercise(name))]
    assert [*found, *layout.strangers()] == []
