"""Submissions of the demo class through every channel, with the real commands, as one table.

    python benchmarks/channels.py [--everybody] [--work DIR] [--out docs/channels-table.md]

A few learners, one for each kind of outcome, take some minutes, because otter and `tl check` start cold for each
submission; everybody takes half an hour or, with all notebooks, hours. What a channel said is kept in DIR, so
that a run that was ended goes on where it was. Exit status 1 where points or messages differ.
"""

from __future__ import annotations

import argparse
import html
import re
import shutil
import sys
import tempfile
from pathlib import Path

import doors
from doors import Key, Outcome

from grader.demo import write_class
from grader.exercise.catalogue import exercise_names
from grader.submissions.finding import find_submissions

CHANNELS = {
    "tl grade": doors.tl_grade,
    "--gradebook": doors.gradebook,
    "nbgrader": doors.nbgrader,
    "otter": doors.otter,
    "tl check": doors.tl_check,
}
FEW = ("ada", "emeka", "ines", "jonas", "<script>alert(1)<", "cell-moved", "os-exit", "not-json")
"""Right, one wrong idea, several, half-finished, hostile, an odd file, a crash, no notebook at all."""

SECONDS = {
    "tl grade": "in a warm class",
    "--gradebook": "the writing, shared out",
    "nbgrader": "`nbgrader autograde`, shared out",
    "otter": "`otter run`, cold each time",
    "tl check": "cold each time",
}
WHY = {
    "link-to-a-neighbour": "`nbgrader submit` and `otter run` copy what the link leads to before the grader sees it: "
    "what arrives is an ordinary file. On Gradescope and in `tl grade` a link arrives as a link, and is refused. "
    "`tl check` reads what its learner points at.",
    "two-notebooks": "nbgrader knows a notebook by its name alone, and asks for that name; `tl check` was given "
    "one of the two.",
    "unknown-exercise": "nbgrader does not let it be handed in, for there is no such assignment. With otter "
    "and Gradescope the assignment is where one hands in, whatever the file is called: here it was graded as 02. "
    "`tl check` goes by the cells.",
}
"""What the learners are told in another way elsewhere, and why that is right there."""

HEAD = """\
# Learners of the demo class through every channel

Written by `make channels` (`benchmarks/channels.py`; `EVERYBODY=1` for the whole class), with each channel's own
commands:
`tl grade`; `tl grade --gradebook`; nbgrader's fetch, submit, collect and autograde through an exchange;
`otter run -a autograder.zip`; `tl check` as the learner alone. Points are automatic points; "–" is not graded.
≠ marks points that differ from those of `tl grade`, * another message; both are listed below the table. † is where
`otter run` writes no results, and `python autograder.zip`, which runs what Gradescope runs, said this.
`tl check` draws other hidden inputs, so its message is compared up to the numbers. Seconds are of a machine with two
cores that was busy with other work. {equal} of {rows} rows are equal in every channel.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, help="keep what the channels said here, and go on from it")
    parser.add_argument("--out", type=Path, default=Path("docs/channels-table.md"))
    parser.add_argument("--everybody", action="store_true", help="the whole class, not only a few learners")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = (arguments.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        text, equal, rows = table(through(work, arguments.everybody), str(work))
    arguments.out.write_text(text, encoding="utf-8")
    print(f"{equal} of {rows} rows are equal; {arguments.out}")
    return 0 if equal == rows else 1


def through(work: Path, everybody: bool) -> dict[str, dict[Key, Outcome]]:
    """Channel -> submission -> outcome."""
    submissions = work / "class"
    write_class(submissions)
    for folder in submissions.iterdir() if not everybody else ():
        if folder.name not in FEW:
            shutil.rmtree(folder)
    found = find_submissions(submissions, exercise_names())
    outcomes = {}
    for number, (name, channel) in enumerate(CHANNELS.items()):
        kept, folder = work / f"{number}.json", work / f"{number}"
        if not kept.exists():
            print(f"{name}: {len(found)} submissions", file=sys.stderr, flush=True)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            doors.save(kept, channel(found, submissions, folder))
        outcomes[name] = doors.load(kept)
    return outcomes


def table(outcomes: dict[str, dict[Key, Outcome]], work: str) -> tuple[str, int, int]:
    """The page, how many rows are equal, and how many there are."""
    reference = outcomes["tl grade"]
    lines = [
        f"| learner | exercise | {' | '.join(CHANNELS)} | first message | seconds: tl, otter, check |",
        f"|---|---|{'---|' * (len(CHANNELS) + 2)}",
    ]
    differences: list[str] = []
    equal = 0
    for (learner, exercise), ours in sorted(reference.items()):
        cells, same = [], True
        for name, theirs in outcomes.items():
            found = theirs[learner, exercise]
            points = _same_points(ours, found)
            words = _same_words(name, ours, found)
            same = same and points and words
            marks = ("" if points else " ≠") + ("" if words else " *") + (" †" if found.by_zip else "")
            cells.append(_number(found.points) + marks)
            if not (points and words):
                said = _short(found.said, work, 300) or "nothing"
                differences.append(f"- {_text(learner)}, {exercise}, {name}: {_number(found.points)}. {said}")
        equal += same
        took = (outcomes[name][learner, exercise].seconds for name in ("tl grade", "otter", "tl check"))
        seconds = " · ".join(f"{each:.1f}" for each in took)
        lines.append(
            f"| {_text(learner)} | {exercise[:2]} | {' | '.join(cells)} | {_short(ours.said, work, 110)} | {seconds} |"
        )
    means = [
        f"| {name} | {sum(o.seconds for o in theirs.values()) / len(theirs):.2f} | {SECONDS[name]} |"
        for name, theirs in outcomes.items()
    ]
    parts = [
        HEAD.format(equal=equal, rows=len(reference)),
        "\n".join(lines),
        "## What differs\n\n" + ("\n".join(differences) or "Nothing."),
        "\n".join(f"- *{learner}*: {why}" for learner, why in WHY.items() if f"- {learner}," in "\n".join(differences)),
        "## Seconds a submission\n\n| channel | mean | |\n|---|---|---|\n" + "\n".join(means),
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n", equal, len(reference)


def _same_points(ours: Outcome, found: Outcome) -> bool:
    if ours.points is None or found.points is None:
        return ours.points is found.points
    return abs(ours.points - found.points) < 1e-3


def _same_words(name: str, ours: Outcome, found: Outcome) -> bool:
    """A gradebook holds points alone; `tl check` draws other inputs, so numbers and names after a colon differ."""
    if name == "--gradebook":
        return True
    one, other = _plain(ours.said), _plain(found.said)
    if name == "tl check":
        one, other = (re.sub(r"\d+", "#", text.split(": ")[0]) for text in (one, other))
    return other.startswith(one) if one else not other


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def _number(points: float | None) -> str:
    return "–" if points is None else f"{points:g}"


def _text(text: str) -> str:
    return html.escape(text, quote=False).replace("|", "\\|")


def _short(text: str, work: str, limit: int) -> str:
    flat = " ".join(text.replace(work, "…").split())
    return _text(flat if len(flat) <= limit else flat[: limit - 1] + "…")


if __name__ == "__main__":
    sys.exit(main())
