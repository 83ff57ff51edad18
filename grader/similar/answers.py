"""The answers of a class to each question: what stands in the blanks, and nothing else of the notebooks."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from grader.exercise.catalogue import exercise_names, load_exercise
from grader.exercise.model import Exercise
from grader.submissions import Found, NotReadable, find_submissions, read_answers, read_bytes

LONGEST = 6_000
"""Characters of an answer that are compared; the longest of the demo class has 3,100. Of more, the first are taken."""

Key = tuple[str, str]


@dataclass
class Answers:
    """of: (exercise, question) -> learner -> the answer as written. cut: (learner, question) of those too long to be
    compared whole. left_out: (learner, exercise, why) of the notebooks that could not be read."""

    of: dict[Key, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    cut: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[tuple[str, str, str]] = field(default_factory=list)
    learners: set[str] = field(default_factory=set)


def read_class(submissions: Path, on_notebook: Callable[[str], None] | None = None) -> Answers:
    """Read every notebook below `submissions`, laid out as for `tl grade`. Blanks that nobody filled are no answers.

    Nothing of the notebooks runs. Raises NoSubmissions with what to do.
    """
    answers = Answers()
    names = exercise_names()
    for found in find_submissions(submissions, names):
        if on_notebook is not None:
            on_notebook(found.learner)
        problem = found.problem or _read(found, names, answers)
        if problem:
            answers.left_out.append((found.learner, found.exercise, problem))
    return answers


def _read(found: Found, names: list[str], answers: Answers) -> str | None:
    """Take one notebook in; why that cannot be done, or None."""
    if found.exercise not in names:
        return "there is no such exercise"
    exercise = load_exercise(found.exercise)
    try:
        read = read_answers(read_bytes(found.path, found.below), exercise)
    except NotReadable as error:
        return str(error)
    answers.learners.add(found.learner)
    for question in exercise.questions:
        if question.id not in read.answered or question.id in read.blank:
            continue
        text = "\n".join(cell["source"] for cell in read.cells if cell["question"] == question.id).strip("\n")
        if len(text) > LONGEST:
            answers.cut.append((found.learner, question.id))
        if text.strip():
            answers.of[exercise.name, question.id][found.learner] = text[:LONGEST]
    return None


def handed_out(exercise: Exercise, question: str) -> list[str]:
    """All code that everybody has for a question: the notebook's cells, the blank, what the hints and texts show, and
    the solution, which is the same for all who found it."""
    asked = exercise.question(question)
    texts = [asked.answer_source, asked.blank_source]
    for cell in exercise.cells:
        texts.extend(_fenced(cell.source) if cell.markdown else [cell.source])
    for hint in asked.hints:
        texts.extend(_fenced(hint))
    return texts


def _fenced(markdown: str) -> list[str]:
    """The code in a Markdown text, between lines of backticks."""
    return ["\n".join(part.split("\n")[1:]) for part in markdown.split("```")[1::2]]
