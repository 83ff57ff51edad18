"""`python -m benchmarks.effects TOPIC`: measure, and with --write put the numbers into docs/effects.md."""

from __future__ import annotations

import importlib
from typing import Annotated

import torch
import typer

from benchmarks.effects import common

TOPICS = (
    "what_transfers",
    "few_labels",
    "fine_tuning",
    "domain_adaptation",
    "shift_diagnosis",
    "masked_words",
    "lora_with_peft",
    "language_heads",
    "forgetting",
    "negative_transfer",
)


def main(
    topic: Annotated[str, typer.Argument(help=f"One of {', '.join(TOPICS)}.")],
    seeds: Annotated[int, typer.Option(help="Runs of each setting.", min=2)] = 10,
    only: Annotated[list[str] | None, typer.Option(help="One effect of the topic; may be repeated.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Also write the JSON, the plots and the tables.")] = False,
) -> None:
    """Measure on one thread what has not been measured yet; a killed run goes on where it was."""
    if topic not in TOPICS:
        raise typer.BadParameter(f"no topic {topic!r}: use one of {', '.join(TOPICS)}")
    torch.set_num_threads(1)
    effects = importlib.import_module(f"benchmarks.effects.{topic}").EFFECTS
    unknown = set(only or ()) - {effect.name for effect in effects}
    if unknown:
        raise typer.BadParameter(f"no effect {sorted(unknown)} in {topic}")
    common.run(topic, [effect for effect in effects if not only or effect.name in only], seeds)
    if write:
        from benchmarks.effects import document, page

        results = common.collect(topic, effects, seeds)
        common.save(topic, results)
        document.write(topic, page.TABLES[topic], page.PLOTS[topic])


if __name__ == "__main__":
    typer.run(main)
