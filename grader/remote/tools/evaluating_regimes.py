"""What hidden tests about evaluation need beside the answer: loaders, and worlds that count what is asked of them."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from . import tool


class OncePerPass:
    """Batches of given sizes in a fixed order, made anew in each pass, of which there are `most`. No DataLoader."""

    def __init__(self, x: Tensor, y: Tensor, sizes: list[int], most: int) -> None:
        self.x, self.y, self.sizes, self.left = x, y, sizes, most

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        if not self.left:
            raise RuntimeError("these batches can be gone through once only")
        self.left -= 1
        yield from zip(self.x.split(self.sizes), self.y.split(self.sizes), strict=True)


@tool
def stream(x: Tensor, y: Tensor, sizes: list[int]) -> OncePerPass:
    """Batches that can be gone through once."""
    return OncePerPass(x, y, sizes, 1)


@tool
def planned_logits(dropout: float) -> nn.Module:
    """A model that answers with its input, in eval mode; in train mode some of it is lost."""
    return nn.Sequential(nn.Identity(), nn.Dropout(dropout)).train()


@tool
def set_part_modes(model: nn.Module, training: dict[str, bool]) -> nn.Module:
    """Put the parts at these paths, and nothing else, into train or eval mode."""
    for path, mode in training.items():
        model.get_submodule(path).train(mode)
    return model


@tool
def read_part_modes(model: nn.Module) -> dict[str, bool]:
    """The mode of every part, by path."""
    return {name: part.training for name, part in model.named_modules()}


def _count(module: nn.Module, inputs: Any, output: Any) -> None:
    module.recorded += bool(output.requires_grad)  # type: ignore[assignment, operator]


@tool
def watch_gradients(model: nn.Module) -> nn.Module:
    """From now on, count the answers of the model that carry what a gradient needs."""
    model.recorded = 0  # type: ignore[assignment]
    model.register_forward_hook(_count)
    return model


@tool
def recorded(model: nn.Module) -> int:
    """How many answers of a watched model carried what a gradient needs."""
    return int(model.recorded)  # type: ignore[arg-type]


@tool
def vit_of(n_classes: int, seed: int) -> nn.Module:
    """A vision transformer of transformers' for 8x8 pictures of one channel; it answers with an object."""
    from tlcore.models import tiny_vit

    torch.manual_seed(seed)
    return tiny_vit(n_classes, width=16, depth=1).train()


class Trials:
    """A world for `compare`: regimes whose models have a planned accuracy, and data that count who reads them.

    A row of its pictures is the class (one-hot), a rank between 0 and 1, and 1 for a picture of the test set. A trained
    model is right on the rows whose rank is below its share, which depends on all that was done to train it.
    """

    def __init__(self, plans: dict[str, dict[str, float]], seed: int, examples: int | None, first_test: int) -> None:
        self.plans, self.seed, self.examples, self.first_test = plans, seed, examples, first_test
        self.fits: list[tuple[str, float, int, int]] = []
        self.batch_sizes: dict[str, set[int]] = {name: set() for name in plans}
        self.test_passes = self.val_passes = 0

    def noise(self, *what: object) -> float:
        """A number between -1 and 1 that depends on what it is for."""
        return random.Random(f"{self.seed}/{what}").uniform(-1, 1)

    def share(self, part: str, name: str, lr: float, seed: int, rows: int, data_seed: int) -> float:
        """Accuracy in one part: best at one rate, better with more pictures, luckier with some seeds."""
        plan = self.plans[name]
        off = math.log10(lr / plan["best_on_test" if part == "test" else "best"])
        gain = 0.04 * math.log2(max(rows, 1) / self.examples) if self.examples else 0.0
        luck = 0.03 * self.noise(seed) + 0.02 * self.noise(name, seed) + 0.005 * self.noise(part, name, lr, seed)
        strange = 0.05 * (data_seed != seed)
        return min(max(plan["peak"] - 0.09 * off**2 + gain + luck - strange, 0.02), 0.98)


class PlannedRegime:
    """One regime of a `Trials` world."""

    def __init__(self, world: Trials, name: str, batch_size: int) -> None:
        self._world, self._name, self.batch_size = world, name, batch_size

    def fit(self, batches: Iterable[tuple[Tensor, Tensor]], lr: float, seed: int) -> nn.Module:
        """A new model that has seen these batches."""
        sizes = [len(y) for _, y in batches]
        rows = sum(sizes)
        self._world.batch_sizes[self._name].update(sizes)
        data_seed = getattr(batches, "seed", seed)
        self._world.fits.append((self._name, round(float(lr), 8), int(seed), rows))
        parts = [self._world.share(part, self._name, lr, seed, rows, data_seed) for part in ("val", "test")]
        return PlannedModel(*parts).train()


class PlannedModel(nn.Module):
    """Right on the rows with a rank below its share; see `Trials`."""

    shares: Tensor

    def __init__(self, val: float, test: float) -> None:
        super().__init__()
        self.register_buffer("shares", torch.tensor([val, test]))

    def forward(self, x: Tensor) -> Tensor:
        """(N, K + 2) -> (N, K)."""
        truth, rank, is_test = x[:, :-2], x[:, -2], x[:, -1].long()
        right = rank < self.shares[is_test]
        return torch.where(right[:, None], truth, truth.roll(1, dims=1))


class PlannedBatches:
    """Batches of a `Trials` world, made anew in each pass."""

    def __init__(self, world: Trials, part: str, x: Tensor, size: int, steps: int, seed: int) -> None:
        self._world, self._part, self._x = world, part, x
        self.size, self.steps, self.seed = size, steps, seed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        if self._part == "test":
            if len(self._world.fits) < self._world.first_test:
                raise RuntimeError("the test pictures are read before every choice has been made")
            self._world.test_passes += 1
        if self._part == "val":
            self._world.val_passes += 1
        for step in range(self.steps):
            x = self._x if self._part == "train" else self._x[step * self.size : (step + 1) * self.size]
            yield (x, x[:, :-2].argmax(1))


class PlannedData:
    """The data of a `Trials` world."""

    def __init__(self, world: Trials, n_classes: int, n_val: int, n_test: int) -> None:
        self._world, self._classes, self._rows = world, n_classes, {"val": n_val, "test": n_test}

    def train(self, batch_size: int, steps: int, seed: int) -> PlannedBatches:
        """So many batches of training pictures."""
        return PlannedBatches(self._world, "train", self._pictures(int(batch_size), 0), batch_size, int(steps), seed)

    def val(self) -> PlannedBatches:
        """Validation pictures."""
        return self._part("val", 0)

    def test(self) -> PlannedBatches:
        """Test pictures. Going over them before all choices have been made raises a RuntimeError."""
        return self._part("test", 1)

    def _part(self, part: str, is_test: int) -> PlannedBatches:
        rows, size = self._rows[part], 67
        return PlannedBatches(self._world, part, self._pictures(rows, is_test), size, -(-rows // size), 0)

    def _pictures(self, rows: int, is_test: int) -> Tensor:
        at = torch.arange(rows)
        truth = nn.functional.one_hot(at % self._classes, self._classes).float()
        rank = ((at * 61) % rows + 0.5) / rows  # every rank once, not in order
        return torch.cat([truth, rank[:, None], torch.full((rows, 1), float(is_test))], 1)


@tool
def trials(
    plans: dict[str, dict[str, float]],
    seed: int,
    examples: int | None,
    first_test: int,
    rows: tuple[int, int],
    n_classes: int = 3,
) -> dict[str, Any]:
    """Regimes and data for `compare`.

    Args:
        plans: for each regime batch_size, peak, best and best_on_test (rates).
        seed: of the luck that seeds have.
        examples: pictures after which a model is as good as planned; None if their number does not matter.
        first_test: runs that have to be over before the test is read.
        rows: of validation and test.
    """
    world = Trials(plans, seed, examples, first_test)
    regimes = {name: PlannedRegime(world, name, int(plan["batch_size"])) for name, plan in plans.items()}
    return {"regimes": regimes, "data": PlannedData(world, n_classes, *rows)}


@tool
def trial_counts(data: PlannedData) -> dict[str, Any]:
    """What was done in a `Trials` world: runs and batch sizes of each regime, passes over validation and test."""
    world = data._world
    runs = {name: sorted(fit[1:] for fit in world.fits if fit[0] == name) for name in world.plans}
    sizes = {name: sorted(found) for name, found in world.batch_sizes.items()}
    return {"runs": runs, "sizes": sizes, "val": world.val_passes, "test": world.test_passes}


class Pool:
    """A world for `data_efficiency`: rows with labels and plants, and planned scores that suffer from each mistake."""

    def __init__(
        self, labels: list[int], plants: list[int], test: list[int], steps: int, scores: dict[str, Any], watched: str
    ) -> None:
        self.labels, self.plants, self.test, self.steps = labels, plants, test, steps
        self._scores, self._watched = scores, watched
        self._drawn: dict[tuple[int, int], frozenset[int]] = {}
        self._mistakes: dict[str, int] = dict.fromkeys(MISTAKES, 0)
        self._fits = 0

    def _fit(self, name: str, rows: Any, steps: Any, seed: Any) -> float:
        rows, steps, seed = [int(row) for row in rows], int(steps), int(seed)
        self._fits += 1
        classes = sorted(set(self.labels))
        counts = [sum(self.labels[row] == label for row in set(rows)) for label in classes]
        n, chosen = max(counts), frozenset(rows)
        tested = {self.plants[row] for row in self.test}
        before = self._drawn.setdefault((n, seed), chosen)
        nested = all(
            (chosen <= other if n < m else other <= chosen)
            for (m, s), other in self._drawn.items()
            if s == seed and m != n
        )
        seen = {
            "rows of plants that are in the test": any(self.plants[row] in tested for row in rows),
            "draws in which the classes are not equal": len(set(counts)) > 1 or len(rows) != len(chosen),
            "draws that do not hold the smaller ones": not nested,
            "draws that differ between regimes": before != chosen,
            "draws that are the same for two seeds": any(
                chosen == other for (m, s), other in self._drawn.items() if m == n and s != seed
            ),
            "runs with other numbers of steps": steps != self.steps,
        }
        for mistake, made in seen.items():
            self._mistakes[mistake] += made
        known = self._scores[name]
        size = min(known, key=lambda other: abs(other - n))
        worse = sum(3.0 * made for mistake, made in seen.items() if mistake.startswith(self._watched))
        return known[size][seed] - worse


MISTAKES = (
    "rows of plants that are in the test",
    "draws in which the classes are not equal",
    "draws that do not hold the smaller ones",
    "draws that differ between regimes",
    "draws that are the same for two seeds",
    "runs with other numbers of steps",
)


class PooledRegime:
    """A regime of a `Pool`: trains on rows and gives the accuracy on the test."""

    def __init__(self, pool: Pool, name: str) -> None:
        self._pool, self._name = pool, name

    def __call__(self, rows: Any, steps: int, seed: int) -> float:
        """The planned score."""
        return self._pool._fit(self._name, rows, steps, seed)


@tool
def pool(
    labels: list[int],
    plants: list[int],
    test: list[int],
    steps: int,
    scores: dict[str, dict[int, dict[int, float]]],
    watched: str,
) -> dict[str, Any]:
    """Regimes and data for `data_efficiency`.

    scores: regime -> labels per class -> seed -> accuracy in per cent. watched: how the mistakes begin that make a
    score worse.
    """
    data = Pool(labels, plants, test, steps, scores, watched)
    return {"regimes": {name: PooledRegime(data, name) for name in scores}, "data": data}


@tool
def pool_counts(data: Pool) -> dict[str, int]:
    """Mistakes that were made in a `Pool`, and runs in all."""
    return {**data._mistakes, "runs in all": data._fits}
