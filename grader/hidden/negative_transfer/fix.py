"""Hidden tests of `fix`: six runs for each group of faults, and what each patched function does elsewhere."""

from __future__ import annotations

from typing import Any

from grader.hidden.negative_transfer.setups_clinic import REGIMES, as_rows, drafts
from grader.hidden.registry import hidden_test
from grader.student.tensors import as_tensor
from grader.student.views import moved_from


def patched_for(student: Any, given: Any, expect: Any, group: str) -> list[tuple[str, Any]]:
    """The causes that are named for six runs; for each broken run its cause and the patched function."""
    found = []
    for number, draft in enumerate(drafts(given, group), 1):
        answer = student.fix(draft.run)
        cause, patched = answer if isinstance(answer, tuple | list) and len(answer) == 2 else ("no pair", None)
        said = cause if isinstance(cause, str) else "what is no text"
        expect(said, f"the cause named for run {number}", equals=draft.cause)
        if draft.cause == "sound":
            expect.that(patched is None, "a sound run gets no patch")
        elif expect.that(callable(patched), "a broken run gets a function"):
            found.append((draft.cause, patched))
    return found


HEADS = {"fc": "fc", "head": "head", "classifier": "classifier.1"}


def small_net(given: Any, **config: Any) -> tuple[Any, str]:
    """A network, and the path of its head."""
    layout = given.choice(HEADS)
    model = given.tiny_net(layout=layout, **config)
    return model, HEADS[layout]


@hidden_test(weight=1, says="What should the input look like for this card, and is it a fault if plants repeat?")
def test_data(student, given, expect):
    """Faults of the data: the wrong normalisation, plants in both parts"""
    for number, (cause, patched) in enumerate(patched_for(student, given, expect, "data")):
        if cause == "wrong_normalisation":
            channels = 1 if number % 2 else 3
            images = given.tensor(given.integer(1, 3), channels, 4, 5).sigmoid()
            images = images.double() if number % 2 else images
            card = {"mean": given.tensor(channels).tolist(), "std": given.tensor(channels).exp().tolist()}
            expect(as_tensor(patched(images, card)).float(), "what the model gets", atol=1e-4)
        else:
            plants = given.distinct(given.integer(6, 9), 1, 99)
            plants = plants + given.random.choices(plants, k=given.integer(8, 14))
            given.random.shuffle(plants)
            expect(as_rows(patched(plants, given.integer(1, 3))), "rows of the two parts")


@hidden_test(weight=1, says="Which tensors should move in this regime, and which does the optimizer hold?")
def test_model(student, given, expect):
    """Faults of the model: a head that is not trained, a backbone that is"""
    for number, (_, patched) in enumerate(patched_for(student, given, expect, "model")):
        regime = REGIMES[number % 2]
        model, head = small_net(given, dropout=0.0)
        student.tools.head_alone(model, head, number > 1)  # it comes with other flags than it should leave with
        n_classes, rate = given.integer(3, 8), given.choice([0.05, 0.2])
        config = model.config
        built = patched(model, head, n_classes, regime, rate)
        model, optimizer = built[0], built[1]
        student.tools.pin(model.part(head), given.tensor(n_classes, config.widths[-1]), given.tensor(n_classes))
        before = model.tensors()
        x, y = given.tensor(9, config.in_channels, 8, 8), given.labels(9, n_classes)
        student.tools.updates(model, optimizer, x, y, 3)
        expect(model.tensors(), f'what moved in three steps, regime "{regime}"', atol=1e-4, view=moved_from(before))


@hidden_test(weight=1, says="What may move in one update: in this regime, and in the other?")
def test_training(student, given, expect):
    """Faults of the training: statistics that drift, gradients that add up"""
    for number, (_, patched) in enumerate(patched_for(student, given, expect, "training")):
        regime = REGIMES[number % 2]
        # With a dropout of 1 the head sees nothing while it trains, and only its bias learns.
        model, head = small_net(given, dropout=float(number > 1))
        config = model.config
        student.tools.head_alone(model, head, regime == "frozen")
        optimizer = student.tools.plain_sgd(model, 0.05, given.choice([0.0, 0.9]))
        model.mode(number % 2 == 0)
        before = model.tensors()
        losses = []
        for _ in range(3):
            count = given.integer(4, 9)
            x, y = given.tensor(count, config.in_channels, 8, 8), given.labels(count, config.n_classes)
            losses.append(float(patched(model, optimizer, x, y, regime)))
        expect(losses, "the losses of three steps", atol=1e-3)
        expect(model.tensors(), f'what moved in three steps, regime "{regime}"', atol=1e-3, view=moved_from(before))


@hidden_test(weight=1, says="The accuracy is the share of all rows. What else may an evaluation do to the model?")
def test_evaluation(student, given, expect):
    """Faults of the evaluation: train mode, batches that weigh alike"""
    for _, patched in patched_for(student, given, expect, "evaluation"):
        model, _ = small_net(given, dropout=1.0)
        config = model.config
        sizes = [given.integer(6, 9), given.integer(6, 9), given.integer(1, 2)]
        x, y = given.tensor(sum(sizes), config.in_channels, 8, 8), given.labels(sum(sizes), config.n_classes)
        most = model.outputs(x).argmax(1)
        y[: sizes[0]] = most[: sizes[0]]
        y[-1] = (most[-1] + 1) % config.n_classes
        model.mode(True).part("backbone.0").mode(False)  # modes that one call of train() would not bring back
        before = model.tensors()
        expect(float(patched(model, student.tools.batches_once(x, y, sizes))), "the accuracy in per cent", atol=1e-3)
        student.tools.as_it_is(model, x)
        expect(model.tensors(), "the model after a pass in its own modes", atol=1e-4, view=moved_from(before))
