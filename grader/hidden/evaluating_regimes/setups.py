"""Reports for `audit`: sound ones with decoys, into which flaws are planted so that no number is near a border."""

from __future__ import annotations

from typing import Any

import numpy as np

GROUPS = {
    "numbers": ("constant_predictor", "best_of_seeds", "deviation_for_error"),
    "budget": ("unequal_trials", "unequal_examples", "chosen_on_test"),
    "data": ("shared_plants", "future_in_training", "statistics_of_test"),
    "claims": ("not_shown", "not_fewer", "beyond_the_data", "no_control", "timed_unmerged"),
}
CODES = [code for codes in GROUPS.values() for code in codes]
FAMILIES = ("full", "lora", "frozen", "partial", "adapter", "probe")
EXAMPLES = 9600
BATCHES = (8, 16, 32, 64)

Finding = tuple[str, str]


class Draft:
    """A report in the making, and the findings that are true of it."""

    def __init__(self, given: Any, flaws: set[str], earlier: list[set[str]]) -> None:
        """`earlier`: the flaws of the reports before this one, so that variants and decoys can take turns."""
        self.given, self.flaws, self.earlier = given, flaws, earlier
        self.truth: list[Finding] = []
        names = given.random.sample(FAMILIES, given.integer(2, 3))
        if "no_control" not in flaws:
            names.append("scratch")
        given.random.shuffle(names)
        self.n_seeds = given.integer(5, 8)
        counts = sorted(given.distinct(given.integer(2, 5), 12, 60), reverse=True)
        given.random.shuffle(counts)
        self.report: dict[str, Any] = {
            "task": "recognise",
            "test_labels": counts,
            "sizes": sorted(given.random.sample((5, 10, 25, 50, 100), 3)),
        }
        self.report["regimes"] = {name: self.regime() for name in names}
        self.numbers()
        self.budget()
        self.data()
        self.claims()

    def plant(self, code: str, field: str) -> bool:
        """Whether this flaw is wanted; then it is true of the report."""
        if code in self.flaws:
            self.truth.append((code, field))
        return code in self.flaws

    def first_turn(self, code: str) -> bool:
        """True for every other report that has this flaw, and for every other one that has not."""
        has = code in self.flaws
        return sum((code in flaws) == has for flaws in self.earlier) % 2 == 0

    def some(self) -> str:
        """One of the regimes."""
        return self.given.choice(list(self.report["regimes"]))

    def uniform(self, low: float, high: float, digits: int = 4) -> float:
        """A rounded number between two."""
        return round(self.given.random.uniform(low, high), digits)

    def regime(self) -> dict[str, Any]:
        """A sound regime: what is said of it is what its numbers give."""
        scores = self.scores(self.uniform(50, 80, 1))
        rates = sorted(self.given.random.sample((0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03), 4))
        val = self.given.distinct(4, 400, 800)
        test = self.given.distinct(4, 400, 800)
        batch = self.given.choice(BATCHES)
        accuracy = self.uniform(0.3, 0.9)
        while min(abs(accuracy - share) for share in self.shares()) < 0.01:
            accuracy = self.uniform(0.3, 0.9)
        return {
            **self.summary(scores),
            "accuracy": accuracy,
            "precision": round(accuracy * self.given.random.uniform(0.96, 1.04), 4),
            "f1": round(accuracy * self.given.random.uniform(0.9, 0.98), 4),
            "trials": 0,
            "steps": EXAMPLES // batch,
            "batch": batch,
            "rates": rates,
            "val_by_rate": [v / 10 for v in val],
            "test_by_rate": [v / 10 for v in test],
            "rate": rates[int(np.argmax(val))],
            "trainable": self.given.integer(1, 9) * 1000 + self.given.integer(0, 999),
            "merged": True,
        }

    def scores(self, mean: float) -> list[float]:
        """Scores by seed with two decimals whose deviation is between 1.5 and 3, the best well above the mean."""
        z = np.array([self.given.random.gauss(0, 1) for _ in range(self.n_seeds)])
        z = (z - z.mean()) / z.std(ddof=1) * self.given.random.uniform(1.5, 3)
        return [round(float(mean + v), 2) for v in z]

    def summary(self, scores: list[float]) -> dict[str, Any]:
        """Scores with their mean and its standard error."""
        deviation = float(np.std(scores, ddof=1))
        error = round(deviation / len(scores) ** 0.5, 4)
        return {"scores": scores, "score": round(float(np.mean(scores)), 4), "error": error}

    def shares(self) -> list[float]:
        """The shares of the classes in the test set."""
        counts = self.report["test_labels"]
        return [n / sum(counts) for n in counts]

    def numbers(self) -> None:
        """Of single regimes. Decoy: an accuracy that is the share of a class, with another precision."""
        names = list(self.report["regimes"])
        self.given.random.shuffle(names)
        share = self.given.choice(self.shares())
        if self.plant("constant_predictor", f"regimes.{names[0]}.precision"):
            self.report["regimes"][names[0]] |= {
                "accuracy": round(share, 4),
                "precision": round(share**2, 4),
                "f1": round(2 * share**2 / (1 + share), 4),
            }
        decoy = self.report["regimes"][names[1]]
        decoy |= {"accuracy": round(share, 4), "precision": round(share + 0.02, 4), "f1": round(share - 0.03, 4)}
        other = self.report["regimes"][names[-1]]
        if names[-1] not in names[:2]:  # the square of its accuracy, which is no share of a class
            other["precision"] = round(other["accuracy"] ** 2, 4)
        name = self.some()
        if self.plant("best_of_seeds", f"regimes.{name}.score"):
            self.report["regimes"][name]["score"] = max(self.report["regimes"][name]["scores"])
        name = self.some()
        if self.plant("deviation_for_error", f"regimes.{name}.error"):
            regime = self.report["regimes"][name]
            regime["error"] = round(float(np.std(regime["scores"], ddof=1)), 4)

    def budget(self) -> None:
        """Of regimes beside each other. Decoys: other steps and batches with the same product; a rate that is best on
        both, and one that is best on validation only."""
        regimes = self.report["regimes"]
        trials = self.given.integer(6, 20)
        for regime in regimes.values():
            regime["trials"] = trials
        name = self.some()
        if self.plant("unequal_trials", f"regimes.{name}.trials"):
            regimes[name]["trials"] = trials + self.given.integer(2, 12)
        name, batches = self.some(), self.given.random.sample(BATCHES, len(BATCHES))
        for regime, batch in zip(regimes.values(), batches, strict=False):
            regime["batch"], regime["steps"] = batch, EXAMPLES // batch
        if self.plant("unequal_examples", f"regimes.{name}.steps"):
            if self.first_turn("unequal_examples"):
                regimes[name]["steps"] *= 2
            else:  # as many steps as another regime, which has smaller batches
                smallest = min(regimes, key=lambda other: regimes[other]["batch"])
                at = next(i for i, finding in enumerate(self.truth) if finding[0] == "unequal_examples")
                largest = max(regimes, key=lambda other: regimes[other]["batch"])
                self.truth[at] = ("unequal_examples", f"regimes.{largest}.steps")
                regimes[largest]["steps"] = regimes[smallest]["steps"]
        for regime in regimes.values():
            self.apart(regime)
        name = self.some()
        if self.plant("chosen_on_test", f"regimes.{name}.rate"):
            regime = regimes[name]
            regime["rate"] = regime["rates"][int(np.argmax(regime["test_by_rate"]))]

    def apart(self, regime: dict[str, Any]) -> None:
        """Make the best rate on test another than on validation, but for one regime, where they agree."""
        best = int(np.argmax(regime["val_by_rate"]))
        other = (best + self.given.integer(1, 3)) % 4
        agrees = regime is next(iter(self.report["regimes"].values())) and "chosen_on_test" not in self.flaws
        regime["test_by_rate"][best if agrees else other] = 81.0 + self.given.integer(1, 9) / 10

    def data(self) -> None:
        """Of the data. Decoys: plants photographed several times, days in any order where nothing is forecast, and the
        mean of the checkpoint's own data."""
        given, report = self.given, self.report
        plants = given.distinct(24, 1, 90)
        train, test = plants[:16], plants[16:]
        if self.plant("shared_plants", "plants.test"):
            test[given.integer(0, 7)] = given.choice(train)
        report["plants"] = {"train": sorted(train + train[:5]), "test": sorted(test + test[:2])}
        days = sorted(given.distinct(20, 1, 200))
        train, test = days[:14], days[14:]
        if self.plant("future_in_training", "days.train"):
            early, late = given.integer(0, 13), given.integer(0, 5)
            if self.first_turn("future_in_training"):
                train[early], test[late] = test[late], train[early]
            else:  # the last training day is the first test day
                test[0] = train[-1]
            report["task"] = "forecast"
        elif not self.first_turn("future_in_training"):
            report["task"] = "forecast"
        else:
            train, test = days[6:], days[:6]
        report["days"] = {"train": sorted(train), "test": sorted(test)}
        n_test = sum(report["test_labels"])
        n_train = given.integer(2, 4) * n_test + given.integer(1, 9)
        report["rows"] = {"train": n_train, "test": n_test}
        light = {"train": self.uniform(0.4, 0.6), "test": self.uniform(0.65, 0.8)}
        pooled = (n_train * light["train"] + n_test * light["test"]) / (n_train + n_test)
        light["used"] = self.uniform(0.2, 0.35) if self.first_turn("statistics_of_test") else light["train"]
        if self.plant("statistics_of_test", "brightness.used"):
            light["used"] = round(pooled, 4)
        report["brightness"] = light

    def claims(self) -> None:
        """Of what is claimed: for each kind a sound claim, a flawed one, or none."""
        regimes, made = self.report["regimes"], []
        names = list(regimes)
        self.given.random.shuffle(names)
        first, second = names[:2]
        self.pair(first, second)
        ways = {"better": "not_shown", "fewer_parameters": "not_fewer", "good_at": "beyond_the_data"}
        ways |= {"pretraining_helps": "no_control", "faster": "timed_unmerged"}
        for says, code in ways.items():
            sound = says != "pretraining_helps" or "scratch" in names
            if code in self.flaws or (sound and (self.first_turn(code) or self.given.random.random() < 0.5)):
                made.append((says, code))
        self.given.random.shuffle(made)
        self.report["claims"] = []
        for i, (says, code) in enumerate(made):
            flawed = self.plant(code, f"claims.{i}")
            self.report["claims"].append(self.claim(says, flawed, first, second))

    def claim(self, says: str, flawed: bool, first: str, second: str) -> dict[str, Any]:
        """One claim; what it needs of the report is put there."""
        regimes, sizes = self.report["regimes"], self.report["sizes"]
        claim = {"says": says, "first": first}
        if says == "better":
            claim["second"] = second
        elif says == "fewer_parameters":
            claim["second"] = second
            small, large = sorted([regimes[first]["trainable"], regimes[second]["trainable"] + 10_000])
            regimes[first]["trainable"], regimes[second]["trainable"] = (large, small) if flawed else (small, large)
            if flawed and not self.first_turn("not_fewer"):  # as many, which is not fewer
                regimes[first]["trainable"] = small
        elif says == "good_at":
            turn = self.first_turn("beyond_the_data")
            outside = min(sizes) - self.given.integer(1, 4) if turn else max(sizes) + self.given.integer(1, 400)
            inside = (min(sizes) + max(sizes)) // 2 if turn else self.given.choice((min(sizes), max(sizes)))
            claim["labels"] = outside if flawed else inside
        elif says == "pretraining_helps" and first == "scratch":
            claim["first"] = second
        elif says == "faster":
            regimes[first]["merged"] = not flawed
            regimes[second]["merged"] = not self.first_turn("timed_unmerged")
        return claim

    def pair(self, first: str, second: str) -> None:
        """Scores of two regimes whose difference is far from the border: shown, or not shown, whichever mean is higher.

        The seeds decide most of a score, so that without the pairs nothing could be told.
        """
        regimes, n = self.report["regimes"], self.n_seeds
        noise = np.array([self.given.random.gauss(0, 1) for _ in range(n)])
        noise = (noise - noise.mean()) / noise.std(ddof=1)
        flawed = "not_shown" in self.flaws
        error = 0.4  # the standard error of the difference
        shift = error * (
            self.given.choice([0.5, 0.9] if self.first_turn("not_shown") else [-0.5, -0.9]) if flawed else 9.0
        )
        base = np.array(self.scores(self.uniform(50, 70, 1)))
        base = base.mean() + 2 * (base - base.mean())
        scores = {
            second: [round(float(v), 2) for v in base],
            first: [round(float(v), 2) for v in base + noise * error * n**0.5 + shift],
        }
        for name, values in scores.items():
            old = regimes[name]
            new = self.summary(values)
            if ("best_of_seeds", f"regimes.{name}.score") in self.truth:
                new["score"] = max(values)
            if ("deviation_for_error", f"regimes.{name}.error") in self.truth:
                new["error"] = round(float(np.std(values, ddof=1)), 4)
            old |= new


def drafts(given: Any, group: str, count: int = 8) -> list[Draft]:
    """Reports in which flaws of one group are planted, beside one or two of the others.

    Every code of the group is in two reports at least, and missing from two at least.
    """
    codes = GROUPS[group]
    others = [code for code in CODES if code not in codes]
    while True:
        planted = [set(given.random.sample(codes, given.integer(1, min(3, len(codes) - 1)))) for _ in range(count)]
        if all(2 <= sum(code in flaws for flaws in planted) <= count - 2 for code in codes):
            break
    planted = [flaws | set(given.random.sample(others, given.integer(1, 2))) for flaws in planted]
    return [Draft(given, flaws, planted[:i]) for i, flaws in enumerate(planted)]
