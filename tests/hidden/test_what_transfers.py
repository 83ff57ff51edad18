"""Notebook 01: its references agree with networks that are trained, and none of its questions can be guessed."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import nn

from benchmarks.in_process import judge
from grader.exercise.catalogue import load_exercise
from grader.hidden.what_transfers import setups
from grader.judging.answer_key import AnswerKey
from grader.student.given import Given
from tlcore.reference.what_transfers.choose_technique import choose_technique
from tlcore.reference.what_transfers.count_trainable import count_trainable
from tlcore.reference.what_transfers.order_steps import order_steps
from tlcore.reference.what_transfers.what_changes import what_changes

EXERCISE, KEY = "01_what_transfers", "guessing"
GUESSED = 0.4
"""Share of the points that no constant and no random answer may get."""
QUESTIONS = [question.id for question in load_exercise(EXERCISE).questions]


def drawn(seed: int) -> Given:
    """Hidden inputs without anybody who answers."""
    return Given(None, seed)  # type: ignore[arg-type]


# --- what cannot be guessed


def share(question: str, answer: Callable[..., Any]) -> float:
    """The share of the points that an answer gets."""
    verdict = judge(EXERCISE, question, {question: answer}, KEY)
    return verdict.points / verdict.max_points


def answers_of_the_reference(question: str) -> list[Any]:
    """Everything that the reference answers in the hidden tests: the best constants are among them."""
    seen: list[Any] = []
    reference = AnswerKey(EXERCISE, KEY).reference_names[question]

    def recording(*arguments: Any, **options: Any) -> Any:
        answer = reference(*arguments, **options)
        if answer not in seen:
            seen.append(answer)
        return answer

    judge(EXERCISE, question, {question: recording}, KEY)
    return seen


def constants(question: str) -> Iterator[Any]:
    """Answers that do not look at the input."""
    if question == "choose_technique":
        every = range(len(setups.TECHNIQUES) + 1)
        yield from (set(c) for n in every for c in itertools.combinations(setups.TECHNIQUES, n))
    elif question == "transfer_benefit":
        keys = ("jumpstart", "speedup_steps", "asymptote_gain")
        for values in ((0, 0, 0), (0, None, 0), (0.1, 20, 0.1), (0.0, float("inf"), 0.0)):
            yield dict(zip(keys, values, strict=True))
        yield from answers_of_the_reference(question)[:20]
    elif question == "count_trainable":
        yield from answers_of_the_reference(question)
    elif question == "order_steps":
        yield []
        yield list(setups.STEPS)
    elif question == "what_changes":
        for kinds in (["*"], [], ["*.weight"], ["*.weight", "*.bias"], ["*.running_*"], ["*.lora_*"], ["*.lora_B"]):
            yield set(kinds)
        yield {"*.running_*", "*.num_batches_tracked"}
        yield {"*.weight", "*.bias", "*.lora_*"}


def simple(question: str, seed: int) -> Iterator[Callable[..., Any]]:
    """Answers at random, and what is given back as it came."""
    rng = random.Random(seed)

    def benefit(ours: Any, theirs: Any, threshold: float, tail: int = 5) -> Any:
        steps = [None, rng.choice(ours["step"]) - rng.choice(theirs["step"])]
        gains = [rng.choice(ours["val"]) - rng.choice(theirs["val"]) for _ in range(2)]
        return {"jumpstart": gains[0], "speedup_steps": rng.choice(steps), "asymptote_gain": gains[1]}

    def counts(spec: Any) -> Any:
        numbers = [layer.get("n_in", 1) * layer.get("n_out", 1) for layer in spec["layers"]]
        return {key: rng.choice(numbers) for key in ("feature_extraction", "full_ft", "lora")}

    if question == "transfer_benefit":
        yield benefit
    elif question == "choose_technique":
        yield lambda s: {t for t in setups.TECHNIQUES if rng.random() < 0.5}
    elif question == "count_trainable":
        yield counts
    elif question == "order_steps":
        fixed = rng.sample(setups.STEPS, len(setups.STEPS))
        yield lambda steps, ctx: rng.sample(steps, len(steps))
        yield lambda steps, ctx: sorted(steps, key=fixed.index)
        yield lambda steps, ctx: sorted(steps)
        yield lambda steps, ctx: steps
        yield lambda steps, ctx: steps[::-1]
        yield lambda steps, ctx: sorted(steps, key=setups.STEPS.index)
    elif question == "what_changes":
        yield lambda setup: {key for key in setup["keys"] if rng.random() < 0.5}
        yield lambda setup: {f"{name}.*" for name in setup["optimizer"]}
        yield lambda setup: {f"{one['name']}.*" for one in setup["layers"] if not one["frozen"]}


def always(value: Any) -> Callable[..., Any]:
    return lambda *arguments, **options: value


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_constant_answer_gets_two_fifths_of_the_points(question: str) -> None:
    best = max(share(question, always(value)) for value in constants(question))
    print(f"{question}: best constant answer {100 * best:.0f} %")
    assert best < GUESSED


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_random_answer_gets_two_fifths_of_the_points(question: str) -> None:
    best = max(share(question, answer) for seed in range(5) for answer in simple(question, seed))
    print(f"{question}: best random answer {100 * best:.0f} %")
    assert best < GUESSED


# --- what the references say is so


class Shared(nn.Module):
    """A layer of a description, built: what LoRA and a shared weight add, and a tanh behind everything."""

    def __init__(self, one: dict[str, Any], width: int) -> None:
        super().__init__()
        self.kind = one["kind"]
        bias = one["bias"]
        made: Any
        if self.kind == "embedding":
            made = nn.Embedding(width, width)
        elif self.kind == "conv":
            made = nn.Conv2d(1, 1, 3, padding=1, bias=bias)
        elif self.kind == "linear":
            made = nn.Linear(width, width, bias=bias)
        else:
            made = nn.BatchNorm1d(width) if self.kind == "batch_norm" else nn.LayerNorm(width)
        for name, parameter in made.named_parameters():
            self.register_parameter(name, parameter)
        for name, buffer in made.named_buffers():
            self.register_buffer(name, buffer)
        self.calls = [made]  # in a list, so that it is no submodule of its own
        if one["lora"]:
            self.lora_A = nn.Parameter(torch.randn(2, width))
            self.lora_B = nn.Parameter(torch.zeros(width, 2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, width) -> (N, width)."""
        made = self.calls[0]
        if self.kind == "embedding":
            return torch.tanh(x + self.weight[torch.arange(len(x)) % len(self.weight)])
        if self.kind == "conv":
            return torch.tanh(made(x[:, None, None, :])[:, 0, 0])
        if self.kind == "linear":
            out = nn.functional.linear(x, self.weight, getattr(self, "bias", None))
            return torch.tanh(out + x @ self.lora_A.T @ self.lora_B.T if hasattr(self, "lora_A") else out)
        return torch.tanh(made(x))


def built_and_trained(setup: setups.Setup, seed: int, width: int = 6) -> set[str]:
    """The keys that really change in a network of the description, trained with SGD."""
    torch.manual_seed(seed)
    parts = {one["name"]: Shared(one, width) for one in setup["layers"]}
    for one in setup["layers"]:
        if one["weight_of"]:
            parts[one["name"]].weight = parts[one["weight_of"]].weight
    for one in setup["layers"]:
        part = parts[one["name"]]
        for name, parameter in part.named_parameters():
            if name.startswith("lora_"):
                continue
            if name == "weight" and one["weight_of"]:
                continue  # its owner decides
            parameter.requires_grad_(not one["frozen"] and not one["lora"])
        part.calls[0].train(one["mode"] == "train")
    held = {id(p): p for name in setup["optimizer"] for p in parts[name].parameters()}

    def state() -> dict[str, torch.Tensor]:
        found = {}
        for name, part in parts.items():
            tensors = {**dict(part.named_parameters()), **dict(part.calls[0].named_buffers())}
            found |= {f"{name}.{key}": value.detach().clone() for key, value in tensors.items()}
        return found

    before = state()
    assert sorted(before) == sorted(setup["keys"])
    optimizer = torch.optim.SGD(list(held.values()), lr=0.1) if held else None
    # Far from 0, where a second derivative of nothing could be nothing.
    x, y = torch.randn(12, width), torch.randn(12, width)
    for _ in range(setup["steps"]):
        out = x
        for part in parts.values():
            out = part(out) + 0.5 * out
        loss = (out - y).pow(2).mean()
        if optimizer is not None:
            optimizer.zero_grad()
        if loss.requires_grad:
            loss.backward()
        if optimizer is not None:
            optimizer.step()
    after = state()
    return {key for key in before if not torch.equal(before[key], after[key])}


@pytest.mark.parametrize("seed", range(40))
def test_what_changes_is_what_changes_in_a_network_that_is_trained(seed: int) -> None:
    setup = setups.random_training(drawn(seed))
    assert what_changes(setup) == built_and_trained(setup, seed)


def build(one: dict[str, Any]) -> nn.Module:
    """A layer of a specification on the meta device."""
    with torch.device("meta"):
        match one["kind"]:
            case "linear":
                return nn.Linear(one["n_in"], one["n_out"], bias=one["bias"])
            case "conv":
                return nn.Conv2d(one["n_in"], one["n_out"], tuple(one["kernel"]), bias=one["bias"])
            case "embedding":
                return nn.Embedding(one["n_words"], one["width"])
            case "batch_norm":
                return nn.BatchNorm2d(one["width"])
            case _:
                return nn.LayerNorm(one["width"])


@pytest.mark.parametrize("seed", range(20))
def test_counts_are_those_of_a_built_network_and_of_peft(seed: int) -> None:
    from peft import LoraConfig, get_peft_model

    spec = setups.mixed_spec(drawn(seed))
    body = nn.Module()
    parts = {}
    for one in spec["layers"]:
        top, _, below = one["name"].partition(".")
        if not hasattr(body, top):
            body.add_module(top, nn.Module())
        parts[one["name"]] = build(one)
        getattr(body, top).add_module(below, parts[one["name"]])
    for one in spec["layers"]:
        if one.get("weight_of"):
            parts[one["name"]].weight = parts[one["weight_of"]].weight
    head = build({"kind": "linear", **spec["head"]})
    counts = {"feature_extraction": sum(p.numel() for p in head.parameters())}
    counts["full_ft"] = counts["feature_extraction"] + sum(p.numel() for p in body.parameters())
    lora = LoraConfig(
        r=spec["lora"]["r"], lora_alpha=spec["lora"]["alpha"], target_modules=list(spec["lora"]["targets"])
    )
    adapted: Any = get_peft_model(body, lora)  # type: ignore[arg-type]
    learning = sum(p.numel() for p in adapted.parameters() if p.requires_grad)
    counts["lora"] = counts["feature_extraction"] + learning
    assert count_trainable(spec) == counts


def test_the_workshops_own_number() -> None:
    from grader.hidden.what_transfers.count_trainable import WORKSHOP

    found = count_trainable(WORKSHOP)
    assert (found["feature_extraction"], found["lora"]) == (1_538, 886_274)


@pytest.mark.parametrize("seed", range(10))
def test_every_topological_order_is_accepted(seed: int) -> None:
    given = drawn(seed)
    (steps, ctx), *_ = setups.workflows(given, ("build_model", "train", "test"), 1)
    pairs = [(a, b) for a, b in setups.edges(ctx) if a in steps and b in steps]
    orders = list(topological_orders(steps, pairs))
    assert all(setups.broken(order, ctx) == [] for order in orders)
    others = [given.random.sample(steps, len(steps)) for _ in range(200)]
    assert all(bool(setups.broken(order, ctx)) == (order not in orders) for order in others)
    assert order_steps(steps, ctx) in orders


def test_most_workflows_have_many_right_orders() -> None:
    counts = []
    for steps, ctx in setups.workflows(drawn(0), ("build_model", "train", "test"), 40):
        counts.append(sum(1 for _ in topological_orders(steps, setups.edges(ctx))))
    assert sorted(counts)[20] >= 10 and max(counts) >= 100


def topological_orders(steps: list[str], pairs: list[tuple[str, str]]) -> Iterator[list[str]]:
    """Every order that respects the pairs."""
    if not steps:
        yield []
    for step in steps:
        if not any((other, step) in pairs for other in steps):
            for rest in topological_orders([each for each in steps if each != step], pairs):
                yield [step, *rest]


def test_no_set_of_techniques_is_right_for_two_fifths_of_forty_scenarios() -> None:
    from grader.hidden.what_transfers.choose_technique import MEMORY, scarce

    given = drawn(0)
    answers = [frozenset(choose_technique(scarce(given, memory))) for memory in MEMORY for _ in range(40)]
    assert len(set(answers)) >= 6
    assert max(map(answers.count, set(answers))) < GUESSED * len(answers)
    assert choose_technique(setups.scenario(given)) == set(setups.TECHNIQUES)
