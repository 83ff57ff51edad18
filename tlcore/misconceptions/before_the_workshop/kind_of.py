"""Wrong ideas about `kind_of`."""

from __future__ import annotations

from typing import Any

from tlcore.misconceptions.registry import misconception
from tlcore.reference.before_the_workshop.kind_of import kind_of

Run = dict[str, dict[str, Any]]


@misconception(asks="Who changes a learning rate during the run: an optimizer that lowers the loss, or your schedule?")
def what_a_schedule_changes_is_a_parameter(item: str, run: Run) -> str:
    """A learning rate that falls during the run is taken for something learned."""
    if kind_of(item, run) == "hyperparameter" and run[item]["changes"]:
        return "parameter"
    return kind_of(item, run)


@misconception(asks="Which numbers does training find for you, and which do you have to set before it can begin?")
def settings_are_parameters(item: str, run: Run) -> str:
    """The number of epochs and the like are called parameters of the run."""
    kind = kind_of(item, run)
    return "parameter" if kind == "hyperparameter" else kind


@misconception(asks="A running mean is saved with the model. Does it have a gradient?")
def all_that_is_saved_is_a_parameter(item: str, run: Run) -> str:
    """Running statistics count as parameters."""
    return "parameter" if run[item]["saved"] else kind_of(item, run)


@misconception(asks="Can you set the validation loss before the run?")
def metrics_are_hyperparameters(item: str, run: Run) -> str:
    """What one looks at to choose is taken for what one chooses."""
    kind = kind_of(item, run)
    return "hyperparameter" if kind == "metric" else kind


@misconception(asks="A layer is frozen today and was learned in an earlier run. What would you say when it is thawed?")
def frozen_is_a_buffer(item: str, run: Run) -> str:
    """What stays the same in this run is no parameter."""
    facts = run[item]
    return "buffer" if facts["saved"] and not facts["changes"] else kind_of(item, run)


@misconception(asks="You may choose where a parameter starts. Who has the last word on it?")
def what_was_chosen_is_a_hyperparameter(item: str, run: Run) -> str:
    """Whether somebody chose the value decides, before all else."""
    return "hyperparameter" if run[item]["chosen"] else kind_of(item, run)


@misconception(asks="Is a single photo a metric? Is a confusion matrix, which has many numbers, none?")
def one_number_is_a_metric(item: str, run: Run) -> str:
    """Of what is neither in the model nor chosen, single numbers are metrics, and whatever has many is data."""
    kind = kind_of(item, run)
    if kind in ("metric", "data"):
        return "metric" if run[item]["numbers"] == 1 else "data"
    return kind


@misconception(asks="Augmented photos change at every step. Who learns them?")
def what_changes_is_learned(item: str, run: Run) -> str:
    """Whatever changes during the run is a parameter."""
    return "parameter" if run[item]["changes"] else kind_of(item, run)
