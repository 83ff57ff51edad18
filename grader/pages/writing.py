"""Writes the pages, a learner at a time, so that a class of a thousand needs the memory of one."""

import base64
import hashlib
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grader.exercise import objectives
from grader.files import write_atomic
from grader.results import SubmissionResult, safe_name
from grader.results.comparing import Comparison
from grader.text import clean, one_line

from . import discrimination, feedback, palette, said, wording
from .classroom import Classroom
from .pictures import Gallery


def write_pages(
    out_dir: Path | str,
    records: Iterable[SubmissionResult],
    on_page: Callable[[str], None] | None = None,
    missing: Iterable[str] = (),
    late: Container[tuple[str, str]] = (),
    changes: str | None = None,
) -> Path:
    """Write OUT/feedback/<safe name>.html for each learner and OUT/index.html for the class; the path of the latter.

    records: a list in any order, or an iterator that gives the records of a learner together (`RecordStore.records()`),
    of which only one learner's are held at a time. `on_page` is told the name of each learner whose page is written.
    `missing` are names of people who handed in nothing, `late` are learner and exercise of what came late; the class
    page lists them. It links to changes.html where `changes` says what was compared with, such as "the run before".
    Raises OutputFull or OutputNotWritable; pages are replaced whole, so an earlier page stays as it was. Raises
    ValueError for an iterator that comes back to a learner.
    """
    out = Path(out_dir)
    pages = Pages()
    classroom = Classroom(missing, late, changes)
    for learner, theirs in _by_learner(records):
        file = f"feedback/{safe_name(learner)}.html"
        write_atomic(out / file, pages.learner(learner, theirs).encode("utf-8"), durable=False)
        for record in theirs:
            classroom.add(record, file)
        if on_page is not None:
            on_page(learner)
    index = out / "index.html"
    # Last, so that it never links to a page that is not there.
    write_atomic(index, pages.classroom(classroom).encode("utf-8"), durable=False)
    return index


class Pages:
    """The templates, ready to render. Keep one for many pages: it holds the pictures that were drawn."""

    def __init__(self) -> None:
        self.gallery = Gallery()
        self._env = _environment()
        light, dark = palette.as_css(palette.LIGHT), palette.as_css(palette.DARK)
        self._style = self._source("page.css").replace("/* light */", light).replace("/* dark */", dark)
        self._class_style = self._source("class.css")
        self._script = self._source("sort.js") + self._source("reveal.js")

    def learner(self, learner: str, records: list[SubmissionResult]) -> str:
        """The feedback page of one learner, over all of the exercises in `records`."""
        codes = [code for record in records for question in record.questions for code in question.objectives]
        return self._render(
            "learner.html",
            learner=learner,
            records=records,
            graded=[record for record in records if record.status == "graded"],
            objectives=[(objective, _practised(objective.code, records)) for objective in objectives.mentioned(codes)],
            draw=self.gallery.draw,
        )

    def classroom(self, classroom: Classroom) -> str:
        """The page of the class."""
        return self._render("class.html", self._class_style, self._script, room=classroom, least=discrimination.LEAST)

    def changes(self, changed: Comparison, against: str, files: dict[str, str]) -> str:
        """The page of what changed since an earlier grading; `files` are the links to learners' pages, by name."""
        return self._render("changes.html", script=self._script, changed=changed, against=against, files=files)

    def texts(self, questions: Sequence[Any]) -> str:
        """The page of free texts, for whoever gives points for them; see grader/channels/texts.py."""
        return self._render("texts.html", questions=questions)

    def _render(self, template: str, own_style: str = "", script: str = "", **values: Any) -> str:
        style = self._style + own_style
        # Only the bytes of our own style sheet and script may run; there is no source that a learner could add to.
        policy = f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'"
        if script:
            policy += f"; script-src '{_hash(script)}'"
        return self._env.get_template(template).render(
            policy=policy, style=Markup(style), script=Markup(script), **values
        )

    def _source(self, name: str) -> str:
        loader = self._env.loader
        assert loader is not None
        return loader.get_source(self._env, name)[0]


def _environment() -> Environment:
    env = Environment(
        loader=PackageLoader("grader.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,  # a misspelt name in a template is an error, not a gap in the page
        trim_blocks=True,
        lstrip_blocks=True,
        # Every value that a template prints is cleaned, then escaped; forgetting a filter cannot open a hole.
        finalize=lambda value: clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    for function in (
        wording.prose,
        wording.excerpt,
        wording.number,
        wording.signed,
        wording.percent,
        wording.count,
        wording.capital,
        wording.seconds,
        wording.plain_name,
        wording.exercise_title,
        wording.by_hand,
        feedback.told,
        feedback.headline,
        feedback.round_of,
        feedback.day,
        said.made_up,
        one_line,
    ):
        env.filters[function.__name__] = function
    env.filters["by_name"] = lambda learners: sorted(learners, key=lambda learner: learner.order)
    env.globals.update(
        STATUSES=wording.STATUSES,
        COLUMNS=wording.COLUMNS,
        counted=wording.counted,
        apart_in_words=discrimination.in_words,
        OBJECTIVES=objectives.OBJECTIVES,
        encouragement=wording.encouragement,
    )
    return env


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _practised(code: str, records: list[SubmissionResult]) -> tuple[float, float]:
    """Points and maximum of the graded questions that practise an objective."""
    found = [
        question
        for record in records
        for question in record.questions
        if code in question.objectives and question.status != "not_graded" and record.status == "graded"
    ]
    return sum(question.points for question in found), sum(question.max_points for question in found)


def _by_learner(records: Iterable[SubmissionResult]) -> Iterator[tuple[str, list[SubmissionResult]]]:
    if isinstance(records, Sequence):
        records = sorted(records, key=lambda record: record.key)
    seen: set[str] = set()
    for learner, theirs in groupby(records, key=lambda record: record.learner):
        if learner in seen:
            raise ValueError("the records of a learner must come together: sort them, or pass a list")
        seen.add(learner)
        yield learner, sorted(theirs, key=lambda record: record.exercise)
