"""`python -m benchmarks.capstone_marks`: what the marks of `capstone` leave to right answers, over many hidden targets.

For the reference and each accepted alternative: mean, deviation, smallest and largest of what the hidden test looks at.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import torch
import typer

from grader.authoring.answers import ANSWERS, around, files, names_of
from grader.exercise.catalogue import load_exercise
from grader.hidden.negative_transfer.capstone import right
from grader.hidden.negative_transfer.setups_clinic import hidden_target, shipped_hub
from grader.remote.tools import TOOLS
from grader.student.given import Given
from tlcore.progress import progress

EXERCISE, QUESTION = "10_negative_transfer", "capstone"


class _Here:
    """A `student` whose tools run in this process."""

    def __init__(self) -> None:
        self.tools = self

    def __getattr__(self, name: str) -> Any:
        return TOOLS[name]


def measured(answer: Any, seed: int) -> tuple[float, float]:
    """Mean accuracies of both arms on new pictures, for one hidden target."""
    given = Given(_Here(), seed)  # type: ignore[arg-type]
    hub, needs, _ = shipped_hub(_Here(), given)
    target = hidden_target(given, needs)
    models = answer(hub, target.on_the_other_side(_Here()))["models"]
    transfer, scratch = (
        float(np.mean([right(model, *target.fresh) for model in models[a]])) for a in ("transfer", "scratch")
    )
    return transfer, scratch


def main(targets: Annotated[int, typer.Option(help="How many hidden targets.")] = 20) -> None:
    """Print the table."""
    torch.set_num_threads(1)
    exercise = load_exercise(EXERCISE)
    answers = {"solution": exercise.question(QUESTION).answer_source}
    answers |= {p.stem: p.read_text(encoding="utf-8") for p in files(ANSWERS, exercise.topic, QUESTION, "right")}
    for who, source in answers.items():
        answer = names_of(source, around(exercise), f"<{who}>")["capstone"]
        rows = np.array([measured(answer, seed) for seed in progress(range(targets), desc=who)])
        columns = {"transfer": rows[:, 0], "scratch": rows[:, 1], "lead": rows[:, 0] - rows[:, 1]}
        for name, values in columns.items():
            spread = f"{values.mean():5.1f} ± {values.std(ddof=1):4.1f}, {values.min():5.1f} to {values.max():5.1f}"
            print(f"{who:>24} {name:>9}: {spread}")


if __name__ == "__main__":
    typer.run(main)
