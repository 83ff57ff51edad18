"""Wrong ideas about `order_steps`: each has one pair of steps the wrong way round and the others right."""

from __future__ import annotations

from tlcore.misconceptions.registry import misconception
from tlcore.reference.what_transfers.order_steps import order_steps

Context = dict[str, str]


def _moved(order: list[str], step: str, before: str) -> list[str]:
    """The order with `step` directly before another one, if both are there and it is not before it already."""
    if step not in order or before not in order or order.index(step) < order.index(before):
        return order
    order = [each for each in order if each != step]
    order.insert(order.index(before), step)
    return order


@misconception(asks="Whose photos do the mean and the deviation come from, if nothing has been set aside yet?")
def statistics_before_the_split(steps: list[str], ctx: Context) -> list[str]:
    """Mean and deviation are fitted on all photos."""
    return _moved(order_steps(steps, ctx), "fit_statistics", "split")


@misconception(asks="Normalised with which numbers?")
def normalised_before_the_statistics(steps: list[str], ctx: Context) -> list[str]:
    """Photos are normalised before the numbers for it are there."""
    return _moved(order_steps(steps, ctx), "normalise", "fit_statistics")


@misconception(asks="How many classes has the head in this checkpoint, and how many the head in the model?")
def head_swapped_first(steps: list[str], ctx: Context) -> list[str]:
    """The head is swapped before loading, whatever head the checkpoint has."""
    return order_steps(steps, {**ctx, "checkpoint": "target head"})


@misconception(asks="A checkpoint of your own earlier run: which head does it have?")
def always_loaded_first(steps: list[str], ctx: Context) -> list[str]:
    """The checkpoint is loaded before the swap, whatever head it has."""
    return order_steps(steps, {**ctx, "checkpoint": "source head"})


@misconception(asks="The head is new, and then all that is there is frozen. What is left to learn?")
def frozen_after_the_swap(steps: list[str], ctx: Context) -> list[str]:
    """Everything is frozen once the new head is in place."""
    return _moved(order_steps(steps, ctx), "swap_head", "freeze")


@misconception(asks="The adapters are in place, and then all that is there is frozen. Can they learn?")
def frozen_after_the_adapters(steps: list[str], ctx: Context) -> list[str]:
    """Everything is frozen once the adapters are in place."""
    return _moved(order_steps(steps, ctx), "add_lora", "freeze")


@misconception(asks="Under which names are the weights of a layer that is wrapped, and under which in the checkpoint?")
def adapters_before_loading(steps: list[str], ctx: Context) -> list[str]:
    """Adapters are added before the checkpoint is loaded."""
    return _moved(order_steps(steps, ctx), "add_lora", "load_weights")


@misconception(asks="Which head does an optimizer hold that was made before the swap?")
def optimizer_before_the_head(steps: list[str], ctx: Context) -> list[str]:
    """The optimizer is made as soon as there is a model."""
    return _moved(order_steps(steps, ctx), "make_optimizer", "swap_head")


@misconception(asks="Does the optimizer hear of factors that come after it was made?")
def optimizer_before_the_adapters(steps: list[str], ctx: Context) -> list[str]:
    """Adapters are added to a model that has its optimizer."""
    return _moved(order_steps(steps, ctx), "make_optimizer", "add_lora")


@misconception(asks="What is there to save as an adapter once it is merged?")
def always_merged_first(steps: list[str], ctx: Context) -> list[str]:
    """Merging comes before saving, whatever is saved."""
    return order_steps(steps, {**ctx, "saves": "whole model"})


@misconception(asks="Who will use the whole model, and do they have the code for adapters?")
def always_saved_first(steps: list[str], ctx: Context) -> list[str]:
    """Saving comes before merging, whatever is saved."""
    return order_steps(steps, {**ctx, "saves": "adapter"})


@misconception(asks="Is the state that you saved the one of the best epoch?")
def saved_before_the_choice(steps: list[str], ctx: Context) -> list[str]:
    """The state of the last step is saved."""
    return _moved(order_steps(steps, ctx), "save", "choose_best")


@misconception(asks="If the test decides which epoch is best, what is left to test on?")
def tested_before_the_choice(steps: list[str], ctx: Context) -> list[str]:
    """The test part is read when training is done, before the state is chosen."""
    return _moved(order_steps(steps, ctx), "test", "choose_best")


@misconception(asks="In which order did the steps come to you?")
def as_they_came(steps: list[str], ctx: Context) -> list[str]:
    """The steps are left as they are."""
    return list(steps)
