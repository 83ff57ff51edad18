"""Hidden tests of `choose_technique`: one kind of constraint at a time, then all of them. A test is passed with every
scenario of it right, and no one answer is right for all of them."""

from __future__ import annotations

from typing import Any

from grader.hidden.registry import hidden_test
from grader.hidden.what_transfers.setups import TECHNIQUES, Scenario, between, needs, scenario, shuffled, texts
from grader.student.given import Given
from grader.student.views import View
from tlcore import plots


def chosen(student: Any, expect: Any, label: str, scenarios: list[Scenario]) -> None:
    """Judge the answers to some scenarios, each on its own, so that a learner can work out the first that is wrong."""
    answers = []
    for s in scenarios:
        answers.append(sorted(set(texts(student.choose_technique(s)))))
        expect(answers[-1], f"what is possible with {in_brief(s)}", view=View(in_words))

    def draws(observed: list[list[str]], expected: list[list[str]]) -> dict[str, Any]:
        yours, right = ([[float(t in names) for t in TECHNIQUES] for names in side] for side in (observed, expected))
        return plots.matrix("A row for each scenario: extraction, full, LoRA, adaptation", yours, right)

    expect(answers, label, view=View(lambda value: "; ".join(map(in_words, value[:6])), draws))


def in_words(names: list[str]) -> str:
    """The names of techniques."""
    return ", ".join(names) or "nothing"


def in_brief(s: Scenario) -> str:
    """All of a scenario that decides anything, in a line."""
    sizes = f"{s['parameters']:,} + {s['adapter_parameters']:,} + {s['head_parameters']:,} parameters"
    said = [
        f"access to {s['access']}",
        f"{s['target_labels']} labels",
        f"{s['target_unlabelled']} unlabelled",
        "source data" if s["source_data"] else "no source data",
        "the same classes" if s["same_classes"] else "other classes",
        f"{sizes} (base, adapters, head)",
        f"{s['memory_gb']:.4g} GB of memory",
        f"{s['disk_gb']:.4g} GB of disk",
        f"{s['customers']} customer{'s' * (s['customers'] > 1)}",
        *(["one copy of the base"] if s["one_copy"] else []),
    ]
    return ", ".join(said)


@hidden_test(weight=2, says="Which of the four learns from labels of the target, and what do the others need?")
def test_labels_and_data(student, given, expect):
    """What data there is decides between adaptation and the other three"""
    cases = [
        {"target_labels": 0},
        {},
        {"target_labels": 0, "source_data": False},
        {"source_data": False},
        {"same_classes": False},
        {"target_labels": 0, "same_classes": False},
        {"target_unlabelled": 0},
        {"target_labels": 0, "target_unlabelled": 0},
        {"target_labels": 1, "domain_gap": "far"},
        {"target_labels": 0, "domain_gap": "near"},
    ]
    made = [scenario(given, **case) for case in shuffled(given, cases)]
    chosen(student, expect, "techniques that the data allows", made)


@hidden_test(weight=2, says="What of a network can be had through an API, and what need not fit on your machine?")
def test_an_api_for_embeddings(student, given, expect):
    """With embeddings only, extraction is left, whatever the size of the model behind them"""
    api = {"access": "embeddings"}
    cases: list[dict[str, Any]] = [
        api,
        {"access": "embeddings", "memory_gb": 0.01, "disk_gb": 0.01, "parameters": 7_000_000_000},
        {"access": "embeddings", "target_labels": 0},
        {"access": "embeddings", "customers": 12, "one_copy": True},
        {"access": "weights"},
        {"access": "weights", "one_copy": True},
    ]
    made = [scenario(given, **case) for case in shuffled(given, cases)]
    chosen(student, expect, "techniques that the access allows", made)


def in_memory(given: Given, **fixed: Any) -> list[Scenario]:
    """One scenario for each place that memory can have among the needs."""
    made = []
    for low, high in (("weights", "lora"), ("lora", "half"), ("half", "full"), ("full", ""), ("", "weights")):
        s = scenario(given, **fixed)
        sizes = needs(s)
        below, above = sizes.get(low, 0.0), sizes.get(high, 3 * sizes["full"])
        if (low, high) == ("weights", "lora"):
            below = sizes["extraction"]
        made.append({**s, "memory_gb": between(given, below, above)})
    # Enough for all that learns but the head.
    for name, without in (("full", 16 * s["parameters"]), ("lora", 4 * s["parameters"] + 16 * s["adapter_parameters"])):
        made.append({**s, "memory_gb": between(given, without / 1e9, sizes[name])})
    return made


@hidden_test(weight=3, says="How many bytes does a parameter take that stands still, and how many one that learns?")
def test_memory(student, given, expect):
    """Weights, gradients and two moments have to fit for what learns, the weights alone for what stands still"""
    made = in_memory(given) + in_memory(given, source_data=False) + in_memory(given, architecture="CNN")
    # Eight GB to the byte, which fits, and a little more, which would fit if a GB were 2**30 bytes.
    for parameters in (499_000_000, 512_000_000):
        made.append(scenario(given, parameters=parameters, head_parameters=1_000_000, memory_gb=8.0))
    chosen(student, expect, "techniques that the memory allows", shuffled(given, made))


@hidden_test(
    weight=2, says="What is left of the base after each of the four, and what has to be kept for it to answer?"
)
def test_the_base_stays(student, given, expect):
    """If one copy of the base must go on giving its old answers, nothing may move in it"""
    cases: list[dict[str, Any]] = [
        {"one_copy": True, "architecture": "BERT"},
        {"one_copy": False},
        {"one_copy": True, "target_labels": 0},
        {"one_copy": True, "architecture": "CNN", "domain_gap": "far"},
        {"one_copy": True, "parameters": 60_000},
        {"one_copy": False, "target_labels": 0},
    ]
    made = [scenario(given, **case) for case in shuffled(given, cases)]
    chosen(student, expect, "techniques that leave the base as it must be", made)


def on_disk(given: Given, **fixed: Any) -> list[Scenario]:
    """One scenario for each place that the disk can have among the needs of several customers."""
    made = []
    for low, high in (("disk of extraction", "disk of lora"), ("disk of lora", "disk of full"), ("disk of full", "")):
        s = scenario(given, customers=given.integer(5, 40), **fixed)
        sizes = needs(s)
        disk = between(given, sizes[low], sizes.get(high, 3 * sizes["disk of full"]))
        if high == "disk of full":
            # More than one copy of the base takes, less than one for each customer.
            disk = min(disk, 0.9 * sizes["disk of full"])
            disk = max(disk, 1.5 * sizes["weights"], 1.02 * sizes["disk of lora"])
        made.append({**s, "disk_gb": disk})
    s = scenario(given, customers=given.integer(5, 40), **fixed)
    base, k = 4 * s["parameters"], s["customers"]
    # Enough for all that is stored but the heads.
    for name, without in (("disk of full", k * base), ("disk of lora", base + 4 * k * s["adapter_parameters"])):
        made.append({**s, "disk_gb": between(given, without / 1e9, needs(s)[name])})
    return [*made, {**s, "disk_gb": 0.6 * needs(s)["weights"]}]


@hidden_test(weight=2, says="What has to be stored for each customer, and what once for all of them?")
def test_many_customers(student, given, expect):
    """A changed base is stored for every customer; adapters and heads share one"""
    made = on_disk(given) + on_disk(given, source_data=False) + [scenario(given)]
    chosen(student, expect, "techniques that the disk allows", shuffled(given, made))


MEMORY = (2.0, 1.6, 1.3, 1.1, 1.02, 0.97, 0.8, 0.6, 0.27, 0.08)
"""Parts of what full fine-tuning takes: a base that stands still takes 0.25; with 2 bytes it would be 0.125. If what
learns took 8 or 12 bytes, it would be 0.5 or 0.75."""


def scarce(given: Given, memory: float) -> Scenario:
    """A scenario in which anything may be scarce."""
    s = scenario(
        given,
        access=given.choice([*["weights"] * 7, "embeddings"]),
        target_labels=given.choice([0, 1, 30, 900, 5_000]),
        target_unlabelled=given.choice([0, 400, 9_000]),
        source_data=given.choice([True, True, False]),
        same_classes=given.choice([True, True, False]),
        one_copy=given.choice([True, False, False, False]),
        customers=given.choice([1, 3, 25]),
    )
    sizes = needs(s)
    s["memory_gb"] = memory * sizes["full"]
    s["disk_gb"] = given.choice([1.5, 1.3, 1.2, 1.1, 0.5, 0.2]) * max(
        sizes["disk of full"], 1.1 * sizes["disk of lora"]
    )
    return s


@hidden_test(weight=3, says="Take the scenarios one by one: which constraint did you not look at?")
def test_everything_at_once(student, given, expect):
    """Forty scenarios in which several things are scarce"""
    made = shuffled(given, [scarce(given, memory) for memory in MEMORY for _ in range(4)])
    chosen(student, expect, "techniques that are left in forty scenarios", made)
