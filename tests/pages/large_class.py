"""A made-up class of any size, over all questions of the curriculum, for sizes and times.

Questions, points and the names of wrong ideas are the real ones. What learners did is drawn at random: nothing of it
says anything about anybody.
"""

import random
from collections.abc import Iterator
from typing import Any

from sample_class import submission

from grader.exercise.catalogue import exercise_names, load_exercise
from grader.exercise.model import Question
from grader.pages.beliefs import beliefs_of
from grader.results import SubmissionResult

BEHAVIOURS = 7  # about as many as a question has


def large_class(learners: int, seed: int = 1, exercises: int = 99) -> Iterator[SubmissionResult]:
    """The records of `learners` people who handed in nearly everything, those of a learner together."""
    dice = random.Random(seed)
    loaded = [load_exercise(name) for name in exercise_names()[:exercises]]
    for number in range(learners):
        skill = min(0.95, dice.uniform(0.2, 1.3))
        name = f"Learner {number:03} of the Long Names"
        leaves_early = number % 25 == 7  # these hand in little, and leave most of it blank
        for exercise in loaded[: 3 if leaves_early else None]:
            if dice.random() < 0.05:
                continue
            reached = len(exercise.questions) if dice.random() < 0.7 else dice.randint(1, len(exercise.questions))
            if leaves_early:
                reached = 1
            questions = [
                _answer(dice, exercise.name, question, skill, place < reached)
                for place, question in enumerate(exercise.questions)
            ]
            yield submission(name, questions, exercise.name, answer_seconds=dice.expovariate(0.2))


def _answer(dice: random.Random, exercise: str, question: Question, skill: float, reached: bool) -> dict[str, Any]:
    worth = question.points / BEHAVIOURS
    result: dict[str, Any] = {
        "id": question.id,
        "title": question.title,
        "minutes": question.minutes,
        "objectives": list(question.objectives),
        "points": 0.0,
        "max_points": question.points,
    }
    if not reached:
        return {**result, "status": "error", "ended": "blank", "message": "The blank of this question is still empty."}
    if dice.random() < 0.06:
        kind = dice.choice(["NameError", "TypeError", "RuntimeError", "AttributeError"])
        return {**result, "status": "error", "message": f"Your answer raised {kind}: 'x' has no attribute 'y'."}
    right = dice.random() < skill
    ideas = list(beliefs_of(exercise[3:], question.id))
    idea = "" if right or dice.random() < 0.3 else dice.choice(ideas[:3])
    fail = 0 if right else 1 + (len(idea) or dice.randint(1, 30)) % BEHAVIOURS
    seen = ", ".join(f"{dice.random():.4f}" for _ in range(8))
    behaviours: list[dict[str, Any]] = [
        {
            "name": f"Behaviour {place} of {question.title.lower()} holds on inputs that the notebook does not show",
            "passed": place >= fail,
            "points": 0.0 if place < fail else worth,
            "max_points": worth,
            "message": "" if place >= fail else f"What was seen of it: expected 1, 2, 3; observed {seen}. What is it?",
            "observed": "" if place >= fail else seen,
            "expected": "" if place >= fail else "1, 2, 3",
        }
        for place in range(BEHAVIOURS)
    ]
    points = sum(each["points"] for each in behaviours)
    return {
        **result,
        "points": points,
        "status": "passed" if right else "partial" if points else "failed",
        "message": behaviours[0]["message"] if fail else "Every behaviour is as it should be.",
        "misconceptions": [idea] if idea else [],
        "advice": [{"misconception": idea, "asks": "What does it hold, and who looks at it, and when?"}]
        if idea
        else [],
        "behaviours": behaviours,
    }
