"""Hidden tests as they are run: against the reference first, then against answers, right and wrong."""

import pytest
import torch

from grader.hidden.registry import HiddenTest
from grader.judging import trace
from grader.student.answers import LearnerError, TrustedAnswers


def _test(function):
    return HiddenTest("double", "doubles", 1.0, function, "", ())


def doubles(student, given, expect):
    x = given.tensor(3, 4)
    expect(student.double(x), "twice the input")
    expect(student.double(x).sum(), "the sum", equals=2 * x.sum())


def right(x):
    return x + x


REFERENCE = trace.run(_test(doubles), TrustedAnswers({"double": lambda x: 2 * x}), seed=5)


def _run(answer, test=doubles, reference=REFERENCE, seed=5):
    return trace.run(_test(test), TrustedAnswers({"double": answer}), seed, reference)


class AlwaysEqual:
    def __eq__(self, other):
        return True

    __hash__ = object.__hash__


class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True


def test_a_right_answer_by_another_route_passes():
    assert _run(right).passed and _run(lambda x: x.numpy() * 2).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: x,
        lambda x: None,
        lambda x: "two",
        lambda x: x[0] * 2,
        lambda x: x * float("nan"),
        lambda x: AlwaysEqual(),
        lambda x: x.as_subclass(Liar),
        lambda x: (2 * x).sum(),
        lambda x: [2 * x],
        lambda x: 1 / 0,
        lambda x: exit(),
        lambda x: torch.full((3, 4), float("inf")),
    ],
)
def test_wrong_answers_of_every_kind_fail_and_never_raise(answer):
    assert not _run(answer).passed


def test_an_error_keeps_its_kind_and_message():
    error = _run(lambda x: x.nothing).error
    assert error.kind == "AttributeError" and "nothing" in error.message


def test_a_missing_function_is_said():
    seen = trace.run(_test(doubles), TrustedAnswers({}), 5, REFERENCE)
    assert seen.error.kind == "MissingAnswer"


def test_the_reference_itself_may_not_fail():
    with pytest.raises(LearnerError):
        trace.run(_test(doubles), TrustedAnswers({"double": lambda x: 1 / 0}), 5)


def test_inputs_depend_on_the_seed_and_on_nothing_else():
    again = _run(right)
    other = trace.run(_test(doubles), TrustedAnswers({"double": right}), seed=6)
    assert torch.equal(again.observations[0].value, REFERENCE.observations[0].value)
    assert not torch.equal(other.observations[0].value, REFERENCE.observations[0].value)


def test_an_answer_that_changes_its_input_in_place_changes_nothing_here():
    assert not _run(lambda x: x.zero_()).passed
    assert _run(right).passed


def test_a_learners_random_numbers_are_the_same_for_everybody():
    def noisy(student, expect):
        expect(student.double(torch.ones(2)))

    test = _test(noisy)
    runs = [trace.run(test, TrustedAnswers({"double": lambda x: torch.rand(2)}), 3) for _ in range(2)]
    assert trace.alike(*runs)


def test_alike_tells_values_ends_and_lengths_apart():
    assert trace.alike(_run(lambda x: x), _run(lambda x: x.clone()))
    assert not trace.alike(_run(lambda x: x), _run(lambda x: 3 * x))
    assert not trace.alike(_run(lambda x: x), _run(lambda x: 1 / 0))
    assert not trace.alike(_run(lambda x: 1 / 0), _run(lambda x: x.nothing))


def test_in_place_or_returned_makes_no_difference():
    def freezes(student, given, expect):
        model = given.tiny_net(dropout=0.5)
        x, y = given.tensor(6, model.config.in_channels, 8, 8), given.labels(6, model.config.n_classes)
        part = model.part("backbone")
        expect(part.replaced_by(student.freeze(part)).train(x, y).tensors())

    test = HiddenTest("freeze", "freezes", 1.0, freezes, "", ())
    reference = trace.run(test, TrustedAnswers({"freeze": lambda m: m.requires_grad_(False)}), 3)

    def in_place(module):
        module.requires_grad_(False)

    def wrapped(module):
        return torch.nn.Sequential(module.requires_grad_(False))

    assert trace.run(test, TrustedAnswers({"freeze": in_place}), 3, reference).passed
    again = trace.run(test, TrustedAnswers({"freeze": wrapped}), 3, reference)
    assert len(again.observations) == 1
    assert again.error is None


def test_a_set_in_a_message_has_no_order() -> None:
    """Python prints a set in another order in each process, and what is predicted comes from another process."""
    one, other, another = (
        trace.Trace([], LearnerError("ValueError", f"targets {names} not found"))
        for names in ("{'q', 'v'}", "{'v', 'q'}", "{'k', 'q'}")
    )
    assert trace.alike(one, other)
    assert not trace.alike(one, another)
