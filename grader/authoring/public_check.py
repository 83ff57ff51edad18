"""The public check of a question, run as a learner runs it, on an answer of this project."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.authoring.answers import surroundings
from grader.authoring.mistakes import shown
from grader.exercise.catalogue import ROOT
from grader.judging.answer_key import reference_names
from tlcore.check.report import Report
from tlcore.check.run import run_check
from tlcore.check.show import Drawn, Untried


class PublicCheck:
    """The check of one question. Raises what its module raises, and TypeError where it asks for what is not there."""

    def __init__(self, topic: str, question: str, root: Path = ROOT):
        self.topic, self.question, self.root = topic, question, root
        self.path = f"tlcore/checks/{topic}/{question}.py"
        module = importlib.import_module(f"tlcore.checks.{topic}.{question}")
        self.function = getattr(module, "check", None)
        if self.function is None:
            raise TypeError("there is no function check; write 'def check(NAME_OF_THE_ANSWER, show):'")
        asked = list(inspect.signature(self.function).parameters)
        unknown = [name for name in asked if name != "show" and name not in reference_names(topic)]
        if "show" not in asked or unknown:
            what = f"asks for {', '.join(unknown)}, which no reference defines" if unknown else "takes no 'show'"
            raise TypeError(f"check {what}; write 'def check(NAME_OF_THE_ANSWER, show):'")

    def on(self, names: Mapping[str, Any]) -> Report:
        """What the holder of these names would read."""
        every = {**surroundings(self.topic), **reference_names(self.topic), **names}
        own = {id(space): space for value in names.values() if (space := getattr(value, "__globals__", None))}
        spaces: list[Mapping[str, Any]] = [every, *own.values()]
        assert self.function is not None
        return run_check(self.question, self.function, spaces)

    def rejection(self, report: Report, who: str) -> str:
        """Why it does not pass an answer that is right, with file and line."""
        if report.stopped is not None:
            name, line = report.stopped.place
            place = f"{shown(name, self.root)}:{line}" if name else f"{self.path}:1"
            return f"{place}: the public check stops on {who}: {report.stopped.detail or report.stopped.message}"
        wrong = next((v for v in report.verdicts if not v.holds), None)
        if wrong is None:
            return f"{self.path}:{self.line}: the public check compares nothing; use show.expect or show.that"
        said = "".join(text for text, _ in wrong.observed), "".join(text for text, _ in wrong.expected)
        seen = f": expected {said[1]}, observed {said[0]}" if any(said) else ""
        return f"{self.path}:{self.line}: the public check rejects {who}: {wrong.label}{seen}; mend the check"

    @property
    def line(self) -> int:
        """Of its `def`."""
        assert self.function is not None
        return self.function.__code__.co_firstlineno

    def lacks(self, report: Report) -> list[str]:
        """What a passed report lacks: two things looked at, and a picture that can be drawn."""
        found = []
        if len(report.verdicts) < 2:
            found.append("the public check looks at one thing only; look at two at least")
        drawn = [item for item in report.items if isinstance(item, Drawn)]
        if not drawn:
            found.append("the public check draws no picture; add show.picture(plots....)")
        found += [f"a picture cannot be drawn: {item.words}" for item in drawn if item.picture is None]
        return [f"{self.path}:{self.line}: {text}" for text in found]

    def says_what_it_does_not_try(self, report: Report) -> bool:
        """Whether it names what it leaves to the hidden tests."""
        return any(isinstance(item, Untried) for item in report.items)
