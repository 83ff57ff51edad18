"""Every question there is holds what `tl verify` asks. A new one needs no test of its own for this."""

import pytest

from grader.authoring import layout, proof, verify
from grader.exercise.catalogue import exercise_names, load_exercise


def proofs_of(exercise: str) -> type:
    """A class of its own for each exercise, so that the workers of pytest-xdist share them."""

    @pytest.mark.parametrize("question", [question.id for question in load_exercise(exercise).questions])
    class Proofs:
        def test_verify_finds_no_problem(self, question: str, monkeypatch: pytest.MonkeyPatch) -> None:
            # `tl verify` itself has three keys and repeats a run twenty times: twice the time.
            monkeypatch.setattr(proof, "KEYS", proof.KEYS[:2])
            monkeypatch.setattr(proof, "RUNS", 5)
            [found] = verify.run([exercise], only=question)
            assert found.problems == []
            assert found.reference_passes and found.blank_points == 0 and found.disagreements == 0
            for wrong in (found.misconceptions, found.wrong):
                assert wrong["caught"] == wrong["total"]
            assert found.misconceptions["named"] == found.misconceptions["total"] > 0
            assert found.alternatives["accepted"] == found.alternatives["total"] > 0

    return Proofs


for name in exercise_names():
    globals()[f"Test_{name}"] = proofs_of(name)


def test_no_file_belongs_to_nobody() -> None:
    found = [problem for name in exercise_names() for problem in layout.of_exercise(load_exercise(name))]
    assert [*found, *layout.strangers()] == []
