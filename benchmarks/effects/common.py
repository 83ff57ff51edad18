"""Running an effect over seeds so that a killed run goes on, and reading the numbers back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from tlcore.progress import progress

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "effects"
"""Where a run appends its records; not part of the repository."""
DOCS = ROOT / "docs" / "effects"
"""Where the numbers of every seed and the plots are kept."""

CHANCE_SOURCE, CHANCE_TARGET = 100 / 10, 100 / 6
"""Accuracy in per cent of a guess among the diseases of crop A and of crop B."""

Setting = dict[str, Any]
Values = dict[str, Any]


@dataclass(frozen=True)
class Effect:
    """One thing to measure: settings, and a function that measures one setting with one seed."""

    name: str
    """As in the file names and in the markers of docs/effects.md."""
    settings: Sequence[Setting]
    """What is varied on purpose, as plain JSON data."""
    measure: Callable[[Setting, int], Values]
    """`measure(setting, seed)`: numbers, or lists of numbers, by name. Shares are 0 to 1."""
    seeds: Sequence[int] | None = None
    """Seeds of its own; unless given, 0 to the number asked for."""


@dataclass(frozen=True)
class Result:
    """What came out for one setting: for each value, one entry per seed."""

    setting: Setting
    seeds: tuple[int, ...]
    values: dict[str, list[Any]]

    def mean(self, value: str) -> float:
        """The mean over the seeds."""
        return mean(self.values[value])

    def sd(self, value: str) -> float:
        """The sample standard deviation over the seeds."""
        return stdev(self.values[value])


Results = dict[str, list[Result]]
"""Of one topic, by the name of the effect."""


def where(results: Sequence[Result], **wanted: object) -> list[Result]:
    """Those whose setting has all of these values."""
    return [r for r in results if all(r.setting[key] == value for key, value in wanted.items())]


def run(topic: str, effects: Iterable[Effect], n_seeds: int) -> None:
    """Measure what is still missing, and append one line per measurement to build/effects/<topic>.jsonl."""
    path = BUILD / f"{topic}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.read_text(encoding="utf-8").endswith("\n"):
        with path.open("a", encoding="utf-8") as out:
            out.write("\n")  # A line that a killed run left unfinished must not swallow the next one.
    done = {_key(line) for line in _lines(path)}
    wanted: list[tuple[Callable[[Setting, int], Values], dict[str, Any]]] = [
        (effect.measure, {"effect": effect.name, "setting": setting, "seed": seed})
        for effect in effects
        for seed in effect.seeds or range(n_seeds)
        for setting in effect.settings
    ]
    missing = [(measure, line) for measure, line in wanted if _key(line) not in done]
    with (
        progress(show=True, total=len(missing), desc=topic, unit="run") as bar,
        path.open("a", encoding="utf-8") as out,
    ):
        for measure, line in missing:
            out.write(json.dumps({**line, "values": measure(line["setting"], line["seed"])}) + "\n")
            out.flush()
            bar.update()


def collect(topic: str, effects: Iterable[Effect], n_seeds: int) -> dict[str, list[Result]]:
    """The results of a finished run, by effect.

    Raises:
        ValueError: if a measurement is missing.
    """
    by_key = {_key(line): line["values"] for line in _lines(BUILD / f"{topic}.jsonl")}
    results: dict[str, list[Result]] = {}
    for effect in effects:
        results[effect.name] = []
        for setting in effect.settings:
            seeds = tuple(effect.seeds or range(n_seeds))
            keys = [_key({"effect": effect.name, "setting": setting, "seed": seed}) for seed in seeds]
            if any(key not in by_key for key in keys):
                raise ValueError(f"{effect.name} has no measurement yet for {setting}: run it first")
            rows = [by_key[key] for key in keys]
            values = {name: [row[name] for row in rows] for name in rows[0]}
            results[effect.name].append(Result(setting, seeds, values))
    return results


def save(topic: str, results: dict[str, list[Result]]) -> None:
    """Write docs/effects/<topic>.json, one line per setting."""
    DOCS.mkdir(parents=True, exist_ok=True)
    effects = []
    for name, rows in results.items():
        lines = [json.dumps({"setting": r.setting, "seeds": r.seeds, "values": _rounded(r.values)}) for r in rows]
        effects.append(f"{json.dumps(name)}: [\n  " + ",\n  ".join(lines) + "\n ]")
    (DOCS / f"{topic}.json").write_text("{\n " + ",\n ".join(effects) + "\n}\n", encoding="utf-8")


def load(topic: str) -> dict[str, list[Result]]:
    """Read docs/effects/<topic>.json."""
    content = json.loads((DOCS / f"{topic}.json").read_text(encoding="utf-8"))
    return {
        name: [Result(row["setting"], tuple(row["seeds"]), row["values"]) for row in rows]
        for name, rows in content.items()
    }


def grid(**choices: Sequence[Any]) -> list[Setting]:
    """Every combination of the choices, the last one changing fastest."""
    settings: list[Setting] = [{}]
    for name, options in choices.items():
        settings = [{**setting, name: option} for setting in settings for option in options]
    return settings


def _key(line: dict[str, Any]) -> str:
    return json.dumps([line["effect"], line["setting"], line["seed"]], sort_keys=True)


def _lines(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a file; a last line that was cut off when the run was killed is measured again."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            lines.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return lines


def _rounded(value: Any) -> Any:
    """Five significant digits: more is noise, and would make the file large."""
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value
