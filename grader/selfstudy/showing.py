"""What a learner alone reads in the terminal: a check, and the progress. Colour on a terminal only; signs carry it all.

What the learner's code printed or raised may be in a message: it is cleaned, and never taken for markup.
"""

import sys

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from grader.text import clean, one_line

from ..pages.wording import exercise_title, number, percent
from ..results import QuestionResult
from ..results.status import SIGNS, Ended, State, Status
from .checked import Checked, Hint, solved
from .overview import Overview

WIDTH = 100  # of a pipe or a file, and the most of a terminal: longer lines are hard to read

SHOWN = 2  # behaviours of one question that are explained at a time
THEME = Theme({"markdown.code": "bold cyan"})

WORDS: dict[State, tuple[str, str]] = {
    Status.PASSED: ("full marks", "green"),
    Status.PARTIAL: ("partly", "yellow"),
    Status.FAILED: ("not yet", "yellow"),
    Status.ERROR: ("stopped with an error", "red"),
    Status.NOT_GRADED: ("not graded", "red"),
    Ended.TIME: ("ran out of time", "red"),
    Ended.CRASH: ("ended the Python process", "red"),
    Ended.BLANK: ("not reached", "dim"),
}
"""What is said of a question's state, and in which style."""


def terminal() -> Console:
    """A console on stdout that never fails on a character which the terminal lacks."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    width = min(Console().width, WIDTH) if sys.stdout.isatty() else WIDTH
    return Console(highlight=False, markup=False, emoji=False, width=width, theme=THEME)


def show_check(console: Console, checked: Checked, earlier: Checked | None = None, clock: str = "") -> None:
    """The points, and for each question that is not solved what was seen, a question to ask oneself, the next hint.

    With `earlier` (a watched notebook) the questions whose result is as it was are one line each.
    """
    result = checked.result
    if earlier:
        console.print()
    head = Text().append(f"{clock}  " if clock else "", style="dim")
    head.append(one_line(checked.notebook.name), style="bold")
    if result.status != "graded":
        console.print(head.append("  not graded", style="red"))
        console.print(Padding(Text(clean(result.reason or "")), (0, 0, 0, 3), expand=False))
        return
    head.append(f"  {number(result.points)} of {number(result.max_points)} points", style="bold")
    console.print(head.append(_since(checked, earlier)))
    known = {question.id: question for question in earlier.result.questions} if earlier else {}
    for question in result.questions:
        unchanged = known.get(question.id) == question
        hint = checked.hints.get(question.id)
        if earlier and unchanged and earlier.hints.get(question.id) == hint:
            hint = None
        _question(console, checked, question, unchanged, hint)
    for id, _points in checked.exercise.by_hand if earlier is None else ():
        console.print(Text(f" – {id}: in your own words; a person reads it in a course, nobody here", style="dim"))
    for remark in result.remarks:
        console.print(Padding(Text(f"note: {clean(remark)}", style="dim"), (0, 0, 0, 3), expand=False))
    if checked.full_marks:
        console.print(Text("   Everything works. Well done!", style="green"))


def _since(checked: Checked, earlier: Checked | None) -> str:
    if earlier is None or earlier.result.status != "graded":
        return ""
    more = checked.result.points - earlier.result.points
    return f" ({'+' if more > 0 else '−'}{number(abs(more))})" if abs(more) > 1e-9 else ""


def _question(console: Console, checked: Checked, question: QuestionResult, unchanged: bool, hint: Hint | None) -> None:
    blank = question.id not in checked.begun and not solved(question)
    state = Ended.BLANK if blank else question.state
    sign, (words, style) = SIGNS[state], WORDS[state]
    line = Text().append(f" {sign} ", style=style)
    line.append(f"{clean(question.title)}", style="dim" if blank else "")
    line.append(f"  {number(question.points)} of {number(question.max_points)}, {words}", style=style)
    best = checked.best.get(question.id, 0.0)
    if best > question.points + 1e-9:
        line.append(f" (your best: {number(best)})", style="dim")
    console.print(line)
    if solved(question):
        return
    if not blank and not unchanged:
        messages = _messages(question)
        for message in messages:
            text = Padding(Text(clean(message, 600)), (0, 0, 0, 5 if len(messages) > 1 else 3), expand=False)
            console.print(text)
        for advice in question.advice:
            asks = Text("Ask yourself: ", style="bold").append(clean(advice.asks, 600), style="not bold")
            console.print(Padding(asks, (0, 0, 0, 3), expand=False))
    if hint is not None:
        _hint(console, hint, question.id, checked)
    if hint is not None or not (blank or unchanged):
        console.print()


def _messages(question: QuestionResult) -> list[str]:
    """What was seen: the first behaviours that do not hold, and how many more. An error that stops all is said once."""
    failing = [b for b in question.behaviours if not b.passed]
    if question.status is Status.ERROR or len(question.behaviours) < 2 or not failing:
        return [question.message] if question.message else []
    messages = [f"{b.name}: {b.message}" if b.message else b.name for b in failing[:SHOWN]]
    more = len(failing) - SHOWN
    if more > 0:
        messages.append(f"… and {more} more {'behaviours do' if more > 1 else 'behaviour does'} not hold yet")
    return messages


def _hint(console: Console, hint: Hint, question: str, checked: Checked) -> None:
    console.print(Padding(Text(f"Hint {hint.number} of {hint.of}", style="bold"), (0, 0, 0, 3), expand=False))
    console.print(Padding(Markdown(hint.text), (0, 0, 0, 5)))
    if hint.number == hint.of > 1:
        reference = f"tlcore/reference/{checked.exercise.topic}/{question}.py"
        text = f"This was the last hint. When you have solved it, read {reference}."
        console.print(Padding(Text(text, style="dim"), (0, 0, 0, 3), expand=False))


def show_overview(console: Console, seen: Overview) -> None:
    """What is done, points by objective, minutes left, what to do next."""
    for exercise in seen.exercises:
        done = sum(q.points for q in exercise.questions)
        most = sum(q.max_points for q in exercise.questions)
        console.print(
            Text(f"{exercise_title(exercise.name)}", style="bold").append(
                f"  {number(done)} of {number(most)} points", style="not bold"
            )
        )
        table = Table.grid(padding=(0, 2))
        for question in exercise.questions:
            sign, style = {"done": ("●", "green"), "begun": ("◐", "yellow"), "open": ("·", "dim")}[question.status]
            hints = f"{question.hints} of {question.of_hints} hints" if question.hints else ""
            table.add_row(
                Text(f" {sign}", style=style),
                Text(question.title),
                Text(f"{number(question.points)} of {number(question.max_points)}", justify="right"),
                Text(f"{number(question.minutes)} min", style="dim", justify="right"),
                Text(hints, style="dim"),
            )
        console.print(table)
        console.print()
    _objectives(console, seen)
    share = percent(seen.points / seen.max_points) if seen.max_points else "0%"
    total = f"{number(seen.points)} of {number(seen.max_points)} points ({share})"
    console.print(Text(f"{total}, about {number(seen.minutes_left)} of {number(seen.minutes)} minutes left"))
    if seen.next is None:
        console.print(Text("Everything is done. Well done!", style="green"))
        return
    where = seen.next.notebook or f"{seen.next.exercise}.ipynb"
    line = Text("Next: ", style="bold").append(
        f"{seen.next.title} in {exercise_title(seen.next.exercise)}, {number(seen.next.minutes)} min", style="not bold"
    )
    console.print(line)
    if seen.next.notebook is None:
        console.print(Text("      tl start copies the notebooks and opens JupyterLab", style="dim"))
    else:
        console.print(Text(f"      {one_line(where, 400)}", style="dim"), soft_wrap=True)


def _objectives(console: Console, seen: Overview) -> None:
    table = Table.grid(padding=(0, 2))
    for objective in seen.objectives:
        part = len(objective.code) > 2  # O3V is a part of O3
        if part and not objective.questions:
            continue
        title = Text(("  " if part else "") + objective.title, style="" if objective.questions else "dim")
        if objective.questions:
            bar = _bar(objective.points / objective.max_points if objective.max_points else 0.0)
            figures = f"{number(objective.points)} of {number(objective.max_points)}"
        else:
            bar, figures = Text(""), "no question yet"
        table.add_row(Text(objective.code, style="bold"), title, bar, Text(figures, justify="right", style="dim"))
    console.print(table)
    console.print()


def _bar(share: float, width: int = 12) -> Text:
    # Full only for all points, empty only for none, as with per cents.
    filled = round(share * width)
    if 0 < share < 1:
        filled = min(width - 1, max(1, filled))
    return Text("━" * filled, style="green").append("─" * (width - filled), style="dim")
