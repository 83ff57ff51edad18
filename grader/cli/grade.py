"""`tl grade`: a class of untrusted notebooks."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..judging.time_limit import TIME_LIMIT
from . import console, records
from .on_slurm import Asked

if TYPE_CHECKING:
    from ..grading import Settings, Shard, Summary
    from ..results import RecordStore, SubmissionResult


def command(
    submissions: Annotated[
        Path,
        typer.Argument(metavar="SUBMISSIONS", help="A folder of <learner>/<exercise>.ipynb, or nbgrader's submitted/."),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where results go. A second run resumes.")],
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="How many submissions are graded at once.")] = 1,
    isolation: Annotated[str, typer.Option(help="full, reduced, none, or best (the strongest there is).")] = "full",
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds that one question may take.")] = TIME_LIMIT,
    key: Annotated[
        str | None,
        typer.Option(
            help="The course key, from which hidden inputs are drawn (default: $TL_COURSE_KEY, else DIR/course.key)."
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LEARNER[/EXERCISE]",
            help="Grade this learner's submissions, or this one, and no others; as often as needed.",
            show_default=False,
        ),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Grade again what is graded and unchanged.")] = False,
    gradebook: Annotated[
        str | None,
        typer.Option(metavar="DB", help="Write the points into nbgrader's gradebook too: gradebook.db, or its URL."),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="I/N",
            help="Grade the I-th of N parts of the class only; others may be graded into DIR at the same time, also "
            "from other machines. Afterwards, the command without --shard writes results.json.",
        ),
    ] = None,
    slurm: Annotated[
        bool,
        typer.Option("--slurm", help="Have a Slurm cluster grade: an array of tasks, which this command awaits."),
    ] = False,
    tasks: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="With --slurm: how many tasks (default: one per 25, up to 50)."),
    ] = None,
    partition: Annotated[str | None, typer.Option(help="With --slurm: the partition.")] = None,
    account: Annotated[str | None, typer.Option(help="With --slurm: the account that pays.")] = None,
    reservation: Annotated[str | None, typer.Option(help="With --slurm: the reservation.")] = None,
    time: Annotated[str | None, typer.Option(help="With --slurm: how long a task may take, as 1:00:00.")] = None,
    memory: Annotated[str | None, typer.Option(help="With --slurm: memory of each task, as 4G.")] = None,
    sbatch: Annotated[
        str | None, typer.Option(metavar="OPTIONS", help='With --slurm: more options of sbatch, as "--qos=short".')
    ] = None,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="With --slurm: return when the tasks are submitted.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print results.json instead of the table.")] = False,
) -> None:
    """Grade SUBMISSIONS/<learner>/<exercise>.ipynb in the sandbox; write DIR/results.json, results.csv and records/.

    What is graded and unchanged is not graded again. Ctrl-C finishes what runs and writes what is done.
    """
    if submissions.is_dir() and submissions.resolve() == out.resolve():
        raise typer.BadParameter(
            "results would lie among the submissions: give a folder of its own", param_hint="--out"
        )
    if gradebook is not None:
        from ..channels.nbgrader.gradebook import check_gradebook, sqlite_path

        path = sqlite_path(gradebook)
        if path is not None:
            check_gradebook(path)  # before the class is graded, not after
    from ..grading import Selection, Settings
    from ..submissions import passed_over

    selection = Selection(tuple(only or ()), again)
    settings = Settings(jobs, isolation, time_limit, key, selection, part_of(shard))
    if settings.shard is not None and (as_json or gradebook is not None):
        raise typer.BadParameter("--json and --gradebook are about the whole class", param_hint="--shard")
    asked = Asked(partition, account, reservation, time, memory, tasks, sbatch, no_wait)
    asked.make_sense(slurm, settings)
    summary = asked.run(submissions, out, checked(settings)) if slurm else run(submissions, out, settings)
    if settings.shard is not None:
        told(summary, settings.shard, out)
        return
    if as_json:
        typer.echo(summary.results.read_text(encoding="utf-8"))
    else:
        from ..results import RecordStore

        show(summary, RecordStore(out))
        if summary.changed is not None:
            said = f"{summary.changed.changed.sentence()} since {summary.changed.what}"
            console.say(f"{said}: tl report {out} --against last")
        if not summary.interrupted:
            console.say(f"Next: tl report {out}")
    for sentence in passed_over(submissions, out):
        console.note(f"passed over: {console.plain(sentence)}")
    if gradebook is not None and not summary.interrupted:
        _into(gradebook, out)
    if summary.interrupted:
        raise typer.Exit(2)
    if summary.not_graded:
        raise typer.Exit(1)


def part_of(shard: str | None) -> "Shard | None":
    """The shard that was asked for."""
    from ..grading import BadShard, Shard

    try:
        return None if shard is None else Shard.parse(shard)
    except BadShard as error:
        raise typer.BadParameter(str(error), param_hint="--shard") from None


def told(summary: "Summary", shard: "Shard", out: Path) -> None:
    """What a shard says at its end; its exit status is that of the whole class."""
    from ..results import RecordStore

    again = f", {summary.resumed} of them from an earlier run" if summary.resumed else ""
    counts = f"{summary.graded} graded, {summary.not_graded} not graded{again}"
    console.say(f"shard {shard}: {counts}; isolation: {summary.isolation}; records in {RecordStore(out).folder}")
    if summary.interrupted:
        raise typer.Exit(2)
    if summary.not_graded:
        raise typer.Exit(1)


def _into(gradebook: str, out: Path) -> None:
    """Write the records of `out` into nbgrader's gradebook, and say which were left out."""
    from ..channels.nbgrader.gradebook import write_gradebook
    from ..results import RecordStore

    written = write_gradebook(RecordStore(out).records(), gradebook)
    for line in written.left_out:
        console.note(f"not in the gradebook: {console.plain(line)}")
    console.note(f"{written.submissions} submissions written into {gradebook}")


def checked(settings: "Settings") -> "Settings":
    """The settings, if there is such a tier of isolation."""
    if settings.isolation not in ("full", "reduced", "none", "best"):
        raise typer.BadParameter("choose one of full, reduced, none, best", param_hint="--isolation")
    return settings


def run(submissions: Path, out: Path, settings: "Settings") -> "Summary":
    """Grade with a progress bar; Ctrl-C stops after what is running."""
    checked(settings)
    from .light import without_name_parsers

    without_name_parsers()
    from ..grading import Stop, grade_class

    stop = Stop()
    with (
        console.interruptible(stop.event, "finishing what runs; press Ctrl-C again to stop at once"),
        _bar() as progress,
    ):
        summary = grade_class(submissions, out, settings, progress, stop)
    _carry_over(submissions, out)
    if summary.interrupted:
        console.note(f"interrupted: {summary.waiting} submissions wait. Run the same command again to resume.")
    return summary


def _carry_over(submissions: Path, out: Path) -> None:
    """Copy what `tl collect` kept of the platform, which `tl export` needs for the way back."""
    from ..collecting import CollectError, carry_over

    try:
        carry_over(submissions, out)
    except CollectError as error:
        console.note(f"not carried over to the results: {error}")


@contextmanager
def _bar() -> Iterator[Callable[[int, int, "SubmissionResult | None"], None]]:
    import sys

    if not sys.stderr.isatty():
        yield _lines
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = [
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    ]
    lock = threading.Lock()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("starting the sandbox", total=None)

        def progress(done: int, total: int, result: Any) -> None:
            with lock:
                text = escape(console.plain(f"{result.learner} {result.exercise}")) if result else ""
                bars.update(task, total=total, completed=done, description=text)

        yield progress


def _lines(done: int, total: int, result: "SubmissionResult | None") -> None:
    """Progress where there is no terminal (a batch job, CI): a line at the start, and about twenty on the way."""
    if result is None:
        console.note(f"{total} to grade")
    elif done == total or done % max(1, total // 20) == 0:
        console.note(f"{done} of {total}: {console.plain(f'{result.learner} {result.exercise}')}")


def show(summary: "Summary", store: "RecordStore") -> None:
    """The closing table, and a line for each submission that could not be graded."""
    from ..results import NOT_AGAIN
    from ..results.status import SIGNS

    rows, reasons, by_hand = [], [], 0
    for record in store.records():
        if record.status == "graded":
            marks = " ".join(SIGNS[q.state] for q in record.questions)
            by_hand += len(record.overridden)
            points = f"{record.points:g}{'*' if record.overridden else ''} / {record.max_points:g}"
            known = ", ".join(dict.fromkeys(m for q in record.questions for m in q.misconceptions))
        else:
            marks, points, known = "", "not graded", ""
            reasons.append(console.plain(f"{record.learner}, {record.exercise}: {record.reason}"))
        reasons += [
            console.plain(f"{record.learner}, {record.exercise}: {remark}")
            for remark in record.remarks
            if remark.startswith(NOT_AGAIN)
        ]
        remarks = f"{len(record.remarks)}" if record.remarks else ""
        rows.append([console.plain(c) for c in (record.learner, record.exercise, points, marks, known, remarks)])
    console.table(["learner", "exercise", "points", "questions", "misconceptions", "remarks"], rows)
    console.say()
    console.say(
        "questions: ● full marks, ◐ part, ○ none, × stopped by an error, t out of time, ! crashed, · not reached"
    )
    if by_hand:
        console.say(f"* {by_hand} {'question has' if by_hand == 1 else 'questions have'} points from overrides.csv")
    for reason in reasons:
        console.say(f"not graded: {reason}")
    for sentence in summary.overrides:
        console.note(f"overrides.csv, {console.plain(sentence)}")
    records.say_texts(store)
    for damaged in summary.damaged:
        console.note(damaged)
    if summary.withdrawn:
        some = ", ".join(console.plain(f"{p.parent.name}/{p.stem}") for p in summary.withdrawn[:3])
        more = f" and {len(summary.withdrawn) - 3} more" if len(summary.withdrawn) > 3 else ""
        console.note(
            f"in the results, but not in the folder of this run: {some}{more}. They were graded earlier and are kept;"
            f" to leave one out, remove its file below {console.plain(str(store.folder))} and run again."
        )
    again = f", {summary.resumed} of them from an earlier run" if summary.resumed else ""
    if anew := summary.judged_anew:
        what = "1 earlier result does" if anew == 1 else f"{anew} earlier results do"
        console.say(f"{what} not count any more, for what they were judged by has changed (such as a hidden test)")
    if summary.other_key is not None:
        console.say(
            f"the course key is not that of the earlier results: {summary.other_key} of them do not count any more"
            " and are graded again with other hidden inputs. A later run without --key uses the new key."
        )
    counts = f"{summary.graded} graded, {summary.not_graded} not graded{again}"
    console.say(f"{counts}; isolation: {summary.isolation}; {summary.results}")
