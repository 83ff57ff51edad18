"""`tl similar`: answers that are alike beyond what a short answer explains."""

from pathlib import Path
from typing import Annotated

import typer

from . import console


class NoNotebooks(Exception):
    """The folder holds results and no notebooks."""


def command(
    submissions: Annotated[
        Path,
        typer.Argument(metavar="SUBMISSIONS", help="The folder that `tl grade` was given: a folder for each learner."),
    ],
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("similar.html"),
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON, besides the page.")] = False,
) -> None:
    """Find answers that have more in common than the class's answers have in general.

    Only what stands in the blanks is compared; the notebook's own text, hints and the solution do not count, nor does
    what many write alike. Alike is not copied: the page says what it can mean and what it cannot, and shows each pair
    beside all pairs of the class. It is for the instructor only. Exit status 1 where a notebook could not be read.
    """
    folder = _notebooks(submissions)
    from ..similar import compare, read_class, write_page

    with console.steps("reading the notebooks of") as step:
        answers = read_class(folder, step)
    with console.steps("comparing", len(answers.of)) as step:
        questions, pairs = compare(answers, step)
    write_page(out, answers, questions, pairs)
    if as_json:
        left_out = [{"learner": a, "exercise": b, "why": why} for a, b, why in answers.left_out]
        console.print_json(
            {
                "page": str(out),
                "learners": len(answers.learners),
                "pairs": [pair.to_dict() for pair in pairs],
                "questions": [each.to_dict() for each in questions],
                "left_out": left_out,
            }
        )
    else:
        several = sum(len(pair.standings) > 1 for pair in pairs)
        unclear = sum(bool(each.why) for each in questions)
        console.say(
            f"{len(answers.learners)} learners, {len(questions)} questions; of {unclear} of them it cannot be told.\n"
            f"Pairs that stand out at several questions: {several}; at one only: {len(pairs) - several}.\n"
            f"Alike is not copied: read the page before you ask anybody. {out}"
        )
        for learner, exercise, why in answers.left_out:
            console.note(console.plain(f"not read: {learner}, {exercise}: {why}"))
    if answers.left_out:
        raise typer.Exit(1)


def _notebooks(folder: Path) -> Path:
    """The folder with the notebooks; of the output of `tl demo`, the one inside. Raises NoNotebooks."""
    if not (folder / "results.json").is_file():
        return folder
    inside = folder / "submissions"
    if inside.is_dir():
        return inside
    raise NoNotebooks(f"{folder} holds results, not notebooks: give the folder that `tl grade` was given")
