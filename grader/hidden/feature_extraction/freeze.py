"""Hidden tests of `freeze`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from grader.hidden.registry import hidden_test
from grader.student.given import Given
from grader.student.proxy import Model, Student, model_from
from grader.student.views import moved_from


def tower(student: Student, given: Given, **how: Any) -> Any:
    """A model with parameters at every depth of its backbone, and a batch that fits it."""
    n_in, n_classes = given.integer(4, 7), given.integer(3, 6)
    model = student.tools.tower(n_in, given.choice([9, 10, 11]), n_classes, given.names(2), **how)
    return SimpleNamespace(model=model, x=given.tensor(12, n_in), y=given.labels(12, n_classes))


def frozen_in(net: Any, path: str, student: Student) -> Model:
    """The model once the part at `path` is frozen."""
    part = net.model.part(path)
    return part.replaced_by(student.freeze(part))


@hidden_test(weight=3, says="Which parameters are inside the part, at whatever depth, and which are not?")
def test_frozen_layers_stay_put_while_the_rest_learns(student, given, expect):
    """Frozen parameters stay put at every depth while the rest learns"""
    net = tower(student, given)
    before = net.model.tensors()
    model = frozen_in(net, "backbone", student)
    model.train(net.x, net.y, steps=3, lr=0.5)
    expect(model.tensors(), "parameters that moved in three steps", view=moved_from(before))


@hidden_test(weight=2, says="Is a parameter of another kind of layer, or of another precision, a parameter, too?")
def test_every_kind_of_layer_is_frozen(student, given, expect):
    """The parameters of every kind of layer are frozen, in every precision"""
    net = tower(student, given)
    student.tools.put_part(net.model, "backbone", student.tools.mixed_layers(given.choice([9, 10, 11])))
    width = net.model.part("backbone").width
    student.tools.put_part(net.model, "inlet", student.tools.linear(net.x.shape[1], width))
    student.tools.put_part(net.model, "outlet", student.tools.linear(width, net.model.part("head").in_features))
    before = net.model.tensors()
    model = frozen_in(net, "backbone", student)
    student.tools.train_parameters(model, net.x, net.y, steps=2, lr=0.5)
    after = {name: value for name, value in model.tensors().items() if name in before}
    expect(after, "parameters that moved, of many kinds of layers", view=moved_from(before))


@hidden_test(weight=1, says="An optimizer leaves a parameter alone only where there is no gradient at all.")
def test_weight_decay_does_not_move_them_either(student, given, expect):
    """Weight decay does not move them either"""
    net = tower(student, given)
    before = net.model.tensors()
    model = frozen_in(net, "backbone", student)
    # The first step of a training begins with the gradients that are there.
    student.tools.first_step(model, net.x, net.y, lr=0.05, weight_decay=0.5)
    expect(model.tensors(), "parameters that the first step moved", view=moved_from(before))
    before = model.tensors()
    model.train(net.x, net.y, steps=3, lr=0.05, optimizer="AdamW", weight_decay=0.5)
    expect(model.tensors(), "parameters that AdamW moved in three steps", view=moved_from(before))


@hidden_test(weight=1, says="One parameter can be part of two layers.")
def test_a_shared_parameter_is_frozen_wherever_it_is_used(student, given, expect):
    """A parameter that another layer shares is frozen there too; no parameter is put in place of another"""
    net = tower(student, given, tied=True)
    held = student.tools.hold_parameters(net.model)
    before = net.model.tensors()
    model = frozen_in(net, "backbone", student)
    expect.that(student.tools.are_parameters_of(held, model), "the parameters are the same objects as before")
    model.train(net.x, net.y, steps=3, lr=0.5)
    expect(model.tensors(), "parameters that moved, where two layers share one", view=moved_from(before))


@hidden_test(weight=1, says="What is frozen are the parameters that are there, not those that come later.")
def test_a_head_put_in_later_learns(student, given, expect):
    """A head that is put into a frozen model later learns"""
    net = tower(student, given)
    width, n_classes = (int(n) for n in reversed(net.model.part("head").weight.shape))
    model = model_from(student.freeze(net.model), net.model)
    student.tools.put_part(model, "head", student.tools.linear(width, n_classes))
    before = model.tensors()
    model.train(net.x, net.y, steps=3, lr=0.5)
    expect(model.tensors(), "parameters that moved after the whole model was frozen", view=moved_from(before))


@hidden_test(weight=1, says="Freezing is a flag of each parameter, and nothing that the module does.")
def test_it_can_be_copied_saved_and_unfrozen(student, given, expect):
    """A frozen module can be copied, saved and unfrozen again"""
    net = tower(student, given)
    model = frozen_in(net, "backbone", student)
    for how in ("copied", "saved"):
        again = student.tools.copied(model) if how == "copied" else student.tools.saved_and_loaded(model)
        before = again.tensors()
        again.train(net.x, net.y, steps=2, lr=0.5)
        expect(again.tensors(), f"parameters that moved in a model that was {how}", view=moved_from(before))
    before = model.tensors()
    model.train(net.x, net.y, steps=2, lr=0.5)
    expect(model.tensors(), "parameters that moved in the model itself", view=moved_from(before))
    before = model.tensors()
    student.tools.trainable(model.part("backbone"), True)
    model.train(net.x, net.y, steps=2, lr=0.5)
    expect(model.tensors(), "parameters that moved once the backbone was unfrozen", view=moved_from(before))


@hidden_test(weight=1, says="What does a function give back that ends without `return`?")
def test_it_returns_the_module(student, given, expect):
    """It returns the module that it was given, frozen"""
    net = tower(student, given)
    part = net.model.part("backbone")
    before = net.model.tensors()
    answer = student.freeze(part)
    expect.that(isinstance(answer, Model) and student.tools.is_same(answer, part), "freeze(module) returns module")
    net.model.train(net.x, net.y, steps=2, lr=0.5)
    expect(net.model.tensors(), "parameters that moved in two steps", view=moved_from(before))
