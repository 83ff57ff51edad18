"""The hidden tests inside a notebook's own process give the points that the sandbox gives, stand-ins included."""

from benchmarks import in_process
from grader.exercise.catalogue import load_exercise

EXERCISE = "04_lora_from_scratch"


def _notebook(**changed: str) -> dict:
    names: dict = {"__name__": "__main__"}
    exec("import copy, io, math\nimport torch\nfrom torch import nn", names)
    for question in load_exercise(EXERCISE).questions:
        exec(changed.get(question.id, question.answer_source), names)
    return names


def _points(names: dict) -> dict[str, float]:
    return {q.id: in_process.points(EXERCISE, q.id, names, "s") for q in load_exercise(EXERCISE).questions}


def test_the_solutions_have_all_points():
    assert _points(_notebook()) == {q.id: q.points for q in load_exercise(EXERCISE).questions}


def test_a_wrong_earlier_answer_costs_its_own_question_only():
    names = _notebook(lora_delta="def lora_delta(A, B, alpha):\n    return A")
    wrong = names["lora_delta"]
    points = _points(names)
    assert points["lora_delta"] == 0
    assert {q: p for q, p in points.items() if q != "lora_delta"} == {
        q.id: q.points for q in load_exercise(EXERCISE).questions if q.id != "lora_delta"
    }
    assert names["lora_delta"] is wrong
