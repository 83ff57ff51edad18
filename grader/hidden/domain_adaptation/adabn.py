"""Hidden tests of `adabn`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from grader.hidden.domain_adaptation.setups import not_so, without_counters
from grader.hidden.registry import hidden_test
from grader.student.answers import LearnerError
from grader.student.proxy import Model
from grader.student.views import View, as_matrix, moved_from
from tlcore import plots

ATOL = 1e-4
"""Largest difference between four ways of averaging over three course keys: 4e-6."""


def source(student: Any, given: Any, **config: Any) -> Any:
    """A pretrained net, and pictures of a target whose channels have other means and variances."""
    net = given.tiny_net(dropout=0.0, layout=given.choice(["fc", "classifier", "head"]), **config)
    student.tools.norm_momentum(net, given.choice([0.05, 0.3]))
    net.mode(False)
    return SimpleNamespace(net=net, channels=net.config.in_channels, before=net.tensors())


def shifted(given: Any, count: int, channels: int, size: int = 8) -> torch.Tensor:
    """Pictures of another domain, each somewhat brighter than the one before it: the batches differ."""
    brighter = torch.linspace(0, 2, count).view(count, 1, 1, 1)
    return (0.6 + 0.1 * given.integer(0, 4)) * given.tensor(count, channels, size, size) + brighter


def adapted(student: Any, expect: Any, model: Any, loader: Any) -> Model:
    """What the answer returns, which has to be a model."""
    answer = student.adabn(model, loader)
    if not isinstance(answer, Model):
        not_so(expect, "adabn(model, loader) returns a model")
    return answer


def as_statistics(before: dict[str, torch.Tensor]) -> View:
    """The first norm's statistics in words, and what differs from the source's; the running means are drawn."""
    moved = moved_from(before)

    def says(after: dict[str, torch.Tensor]) -> str:
        found = [name for name in before if "running_" in name][:2]
        numbers = [f"{name} {', '.join(f'{v:.2f}' for v in after[name].flatten()[:3].tolist())}, …" for name in found]
        others = [name for name in before if "running_" not in name and not torch.equal(after[name], before[name])]
        return "; ".join(numbers) + (f"; and {', '.join(others)} changed" if others else "")

    def draws(observed: dict[str, torch.Tensor], expected: dict[str, torch.Tensor]) -> dict[str, Any]:
        name = next(name for name in expected if name.endswith("running_mean"))
        yours, right = (side[name].flatten()[:12].tolist() for side in (observed, expected))
        labels = [f"channel {i}" for i in range(len(right))]
        return plots.bars(f"{name} after adapting", labels, yours, right, ylabel="running mean")

    def safely(after: dict[str, torch.Tensor]) -> str:
        same = after.keys() == before.keys() and all(after[name].shape == before[name].shape for name in before)
        return says(after) if same else moved.says(after)  # type: ignore[misc]

    return View(safely, draws)


@hidden_test(weight=3, says="What do the norms hold after a pass: of which batches, and how much of the source?")
def test_statistics_are_averages_over_all_batches(student, given, expect):
    """Means and variances are averages over all batches of the target, and nothing of the source is left"""
    for sizes in ([6, 6, 3], [2, 7, 1, 5]):
        it = source(student, given)
        x = shifted(given, sum(sizes), it.channels)
        model = adapted(student, expect, it.net, student.tools.unlabelled(x, sizes))
        label = f"what the adapted model holds after batches of {', '.join(map(str, sizes))}"
        expect(without_counters(model.tensors()), label, atol=ATOL, view=as_statistics(without_counters(it.before)))
        more = shifted(given, 5, it.channels)
        expect(model.outputs(more), "what it says of other pictures", atol=1e-3, view=as_matrix("Outputs"))


@hidden_test(weight=2, says="Which layers have to be in train mode for this, and in which mode are the others?")
def test_batch_norm_alone_is_at_work(student, given, expect):
    """Norms of every kind are adapted, however deep, and no other layer is in train mode"""
    for training in (False, True):
        channels, width = given.choice([1, 2, 3]), given.choice([8, 10, 13])
        model = student.tools.backbone_with_dropout(channels, width).mode(training)
        before = without_counters(model.tensors())
        x = shifted(given, 12, channels, 6)
        answer = adapted(student, expect, model, student.tools.unlabelled_loader(x, batch_size=4))
        came = "train" if training else "eval"
        label = f"what a model with dropout and two kinds of norms holds that came in {came} mode"
        expect(without_counters(answer.tensors()), label, atol=ATOL, view=as_statistics(before))
        # Asked as it is: whoever gets it back uses it at once.
        label = f"what it says in the mode in which it was returned, of a model that came in {came} mode"
        expect(answer(shifted(given, 5, channels, 6)), label, atol=1e-3, view=as_matrix("Outputs"))


@hidden_test(weight=2, says="Whose are the tensors that you changed, and what does their owner do with them next?")
def test_the_source_model_stays(student, given, expect):
    """The source model stays as it was, and goes its own way"""
    for training in (True, False):
        it = source(student, given)
        it.net.mode(training)
        x = shifted(given, 9, it.channels)
        model = adapted(student, expect, it.net, student.tools.unlabelled(x, [4, 5]))
        came = "train" if training else "eval"
        now = without_counters(it.net.tensors())
        expect(now, f"tensors of a source model that came in {came} mode", view=moved_from(it.before))
        expect(it.net(x[:4]), f"what the source model says afterwards that came in {came} mode", atol=1e-3)
        y = given.labels(9, it.net.config.n_classes)
        it.net.train(x, y, steps=2, lr=0.2)
        label = "what the adapted model says once the source model has learned something else"
        expect(model.outputs(x[2:7]), label, atol=1e-3, view=as_matrix("Outputs"))


@hidden_test(weight=1, says="What can be trained, and how fast do the statistics move, when somebody goes on training?")
def test_training_can_go_on(student, given, expect):
    """The adapted model trains on as the source would have: frozen parts, momentum of the norms"""
    it = source(student, given)
    student.tools.trainable(it.net.part("backbone.0"), False)
    x = shifted(given, 10, it.channels)
    model = adapted(student, expect, it.net, student.tools.unlabelled(x, [5, 5]))
    before = without_counters(model.tensors())
    model.train(x, given.labels(10, it.net.config.n_classes), steps=2, lr=0.1)
    label = "what moved in two steps of training after adapting"
    expect(without_counters(model.tensors()), label, atol=5e-4, view=moved_from(before))


@hidden_test(weight=1, says="What does your function know of the class of the model, or of the size of a batch?")
def test_a_real_network_and_one_picture_at_a_time(student, given, expect):
    """A ResNet of transformers, adapted to one picture at a time, twice; and a model without batch norm"""
    channels = given.choice([1, 3])
    net = student.tools.small_resnet(given.integer(3, 7), channels)
    for count in given.distinct(2, 4, 7):
        x = shifted(given, count, channels, 32)
        model = adapted(student, expect, net, student.tools.unlabelled(x, [1] * count))
        label = f"what a ResNet says after {count} batches of one picture"
        expect(model.outputs(shifted(given, 3, channels, 32)), label, atol=1e-3, view=as_matrix("Outputs"))
    it = source(student, given, norm="group")
    x = shifted(given, 6, it.channels)
    model = adapted(student, expect, it.net, student.tools.unlabelled(x, [3, 3]))
    expect(model.outputs(x), "what a model without batch norm says", atol=1e-3, view=as_matrix("Outputs"))


@hidden_test(weight=1, says="What is the average of no batch at all?")
def test_no_batch_is_an_error(student, given, expect):
    """A loader from which nothing comes is refused"""
    it = source(student, given)
    x = shifted(given, 7, it.channels)
    expect.that(_refused(student, it.net, student.tools.unlabelled(x, [])), "an empty loader raises an error")
    expect(without_counters(it.net.tensors()), "tensors of the source model after that", view=moved_from(it.before))
    # An error alone is worth nothing: the same function adapts to what comes.
    model = adapted(student, expect, it.net, student.tools.unlabelled(x, [3, 4]))
    label = "what the adapted model holds after a loader with two batches"
    expect(without_counters(model.tensors()), label, atol=ATOL, view=as_statistics(without_counters(it.before)))


def _refused(student: Any, model: Any, loader: Any) -> bool:
    try:
        student.adabn(model, loader)
    except LearnerError as error:
        if error.kind in ("Blank", "MissingAnswer", "TimeLimit", "Died"):
            raise
        return True
    return False
