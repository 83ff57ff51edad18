"""Hidden tests of `param_groups`."""

from __future__ import annotations

from grader.hidden.registry import hidden_test
from grader.student.views import moved_from

RATES = [0.5, 0.4, 0.3, 0.2]


def one_step(student, given, expect, model, wd, label):
    lr_head, lr_body = given.choice(RATES), given.choice([0.05, 0.02, 0.01])
    before = model.tensors()
    groups = student.param_groups.kept(model, lr_head, lr_body, wd)
    student.tools.step_of_ones(model, groups)
    expect(model.tensors(), label, view=moved_from(before))


@hidden_test(weight=2, says="How far should a step move the head, and how far the body?")
def test_head_and_body_have_their_own_rates(student, given, expect):
    """A step moves the head at its rate and the body at its own, each parameter once"""
    for layout in ("fc", "classifier", "head"):
        model = given.tiny_net(layout=layout)
        one_step(student, given, expect, model, 0.0, f"parameters after one step, where the head is `{layout}`")


@hidden_test(weight=2, says="Where does the name of the head begin? Print the names of all parameters.")
def test_the_head_is_what_is_called_so(student, given, expect):
    """Layers of the body belong to the body, also a `multihead`, and an `fc` deep inside"""
    model = student.tools.heads(given.integer(4, 7), given.integer(3, 5))
    one_step(student, given, expect, model, 0.0, "parameters after one step, where the body has an inner `fc`")
    model = student.tools.heads(given.integer(8, 9), given.integer(3, 5), tied=True)
    one_step(student, given, expect, model, 0.0, "parameters after one step, where two layers share a weight")


@hidden_test(weight=2, says="Which parameters does decay make simpler: matrices, or the scale of a norm?")
def test_only_matrices_decay(student, given, expect):
    """Weight decay takes hold of tensors with two or more dimensions only"""
    for model in (given.tiny_net(), student.tools.model("vit", given.integer(3, 6))):
        wd = given.choice([0.3, 0.5, 0.7])
        one_step(student, given, expect, model, wd, f"parameters after one step with weight decay {wd}")


@hidden_test(weight=1, says="What of a parameter that does not ask for a gradient?")
def test_what_is_frozen_stays_put(student, given, expect):
    """Frozen parameters stay put and the others learn"""
    model = given.tiny_net()
    student.tools.trainable(model.part("backbone.0"), False)
    one_step(student, given, expect, model, 0.4, "parameters after one step of a partly frozen model")
    student.tools.trainable(model.part("backbone"), False)
    one_step(student, given, expect, model, 0.4, "parameters after one step where the head alone learns")
