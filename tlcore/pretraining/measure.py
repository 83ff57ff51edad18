"""`python -m tlcore.pretraining.measure`: what transfer is worth on our data, over many seeds, as markdown tables.

Every regime gets the same rows and the same number of updates, and a learning rate of its own: the best of the same
candidates on two pilot seeds, by validation rows that take no part in the reported numbers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import mean, stdev
from typing import Annotated, Any

import torch
import typer

from tlcore.data import leaves, wire_sentences
from tlcore.loading import from_pretrained
from tlcore.pretraining.recipes import TEST_SEED
from tlcore.pretraining.regimes import Regime, image_regimes, text_regimes

PILOT_SEEDS = (100, 101)
VALIDATION_SEED = 3_000_000
RATES = (3e-4, 1e-3, 3e-3, 1e-2)
TRAINED = ("scratch", "full fine-tune", "LoRA r=8")
"""The regimes that have a learning rate; a probe is solved, not trained."""


@dataclass(frozen=True)
class Comparison:
    """One table: regimes by rows, amounts of training data by columns."""

    title: str
    regimes: dict[str, Regime]
    few: Callable[[int, int], Any]
    """`few(size, seed)`: training rows."""
    validation: Any
    test: Any
    sizes: tuple[int, ...]
    best: Callable[..., float]
    """`max` for accuracy, `min` for perplexity."""
    digits: int


def comparisons() -> dict[str, Comparison]:
    """The tables of docs/measurements.md, by name. digits-vit has none: see there why."""
    made = {}
    for name in ("leaves-resnet", "leaves-tinynet"):
        card = from_pretrained(name)[1]
        made[name] = Comparison(
            f"{name}: target leaves, accuracy in %, by labels a class (chance 16.7)",
            image_regimes(name),
            lambda n, seed, card=card: card.normalise(leaves("target", n, seed)),  # type: ignore[misc]
            card.normalise(leaves("target", 100, VALIDATION_SEED)),
            card.normalise(leaves("target", 200, TEST_SEED)),
            (5, 10, 25),
            max,
            1,
        )
    made["wire-llama"] = Comparison(
        "wire-llama: wire style, perplexity (lower is better), by sentences",
        text_regimes(),
        lambda n, seed: wire_sentences("wire", n, seed),
        wire_sentences("wire", 300, VALIDATION_SEED),
        wire_sentences("wire", 500, TEST_SEED),
        (10, 25, 100),
        min,
        2,
    )
    made["wire-llama-forgetting"] = replace(
        made["wire-llama"],
        title="wire-llama: perplexity of prose afterwards (lower is better), by sentences of wire style",
        test=wire_sentences("prose", 500, TEST_SEED),
    )
    return made


def table(comparison: Comparison, seeds: int) -> str:
    """Markdown: mean and standard deviation over the seeds, and CPU seconds of a run, its test included."""
    c = comparison
    lines = [f"### {c.title}", "", f"| regime | lr | CPU s | {' | '.join(map(str, c.sizes))} |"]
    lines.append("|---" * (3 + len(c.sizes)) + "|")
    for name, regime in c.regimes.items():
        lr = _pilot(c, regime) if name in TRAINED else None
        started, cells = time.process_time(), []
        for size in c.sizes:
            scores = [_run(regime, c.few(size, seed), c.test, seed, lr or 0.0) for seed in range(seeds)]
            cells.append(f"{mean(scores):.{c.digits}f} ± {stdev(scores):.{c.digits}f}")
        seconds = (time.process_time() - started) / (seeds * len(c.sizes))
        lines.append(f"| {name} | {lr or '–'} | {seconds:.2f} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _pilot(c: Comparison, regime: Regime) -> float:
    """The best learning rate on the pilot seeds at the middle size."""
    size = c.sizes[1]

    def score(lr: float) -> float:
        return mean(_run(regime, c.few(size, seed), c.validation, seed, lr) for seed in PILOT_SEEDS)

    return c.best(RATES, key=score)


def _run(regime: Regime, few: Any, test: Any, seed: int, lr: float) -> float:
    torch.manual_seed(seed)
    return regime(few, test, seed, lr)


def main(
    name: Annotated[str | None, typer.Argument(help="One table; all unless given.")] = None,
    seeds: Annotated[int, typer.Option(help="Runs a cell.", min=2)] = 10,
) -> None:
    """Measure on one thread and print tables."""
    torch.set_num_threads(1)
    everything = comparisons()
    if name is not None and name not in everything:
        raise typer.BadParameter(f"no comparison for {name!r}: use one of {', '.join(everything)}")
    for each in [name] if name else list(everything):
        typer.echo(table(everything[each], seeds))


if __name__ == "__main__":
    typer.run(main)
