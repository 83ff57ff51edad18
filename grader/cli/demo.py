"""`tl demo`: the class that ships with the project, from notebooks to pages."""

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from . import console


def command(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where submissions, results and pages go.")] = Path(
        "build/demo"
    ),
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="How many submissions are graded at once.")] = min(
        2, os.cpu_count() or 1
    ),
    isolation: Annotated[str, typer.Option(help="full, reduced, none, or best (the strongest there is).")] = "best",
) -> None:
    """Grade a small class of real submissions, right, wrong and broken, and write its pages to DIR/index.html."""
    from ..demo import write_class
    from ..grading import Settings
    from ..pages import write_pages
    from ..results import RecordStore
    from ..sandbox import Tier, probe
    from . import grade

    started = time.monotonic()
    console.say(f"Putting the answers of the demo class into notebooks: {out / 'submissions'}")
    write_class(out / "submissions")
    summary = grade.run(out / "submissions", out, Settings(jobs, isolation, time_limit=10.0, key="demo"))
    store = RecordStore(out)
    grade.show(summary, store)
    if summary.isolation != "full":
        console.say(f"Isolation was {summary.isolation}, not full: {probe().missing.get(Tier.FULL, 'it works now')}")
    records = list(store.records())
    with console.steps("writing the page of", len({r.learner for r in records})) as step:
        index = write_pages(out, records, step)
    console.say(f"Done in {time.monotonic() - started:.0f} seconds. Open {index.resolve().as_uri()}")
