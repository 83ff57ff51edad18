"""Wrong ideas about `deploy`."""

from __future__ import annotations

import copy
from typing import Any

from torch import nn

from tlcore.misconceptions.registry import misconception
from tlcore.reference.lora_with_peft.deploy import deploy as sound


@misconception(asks="Does the base inside the adapted model have layers of its own class again?")
def base_with_its_updates(model: Any) -> nn.Module:
    """`get_base_model()`: the updates are inside it still, beside the weights."""
    return copy.deepcopy(model).get_base_model().eval()


@misconception(asks="What became of what was learned?")
def update_thrown_away(model: Any) -> nn.Module:
    """`unload()` takes the updates off and does not add them."""
    return copy.deepcopy(model).unload().eval()


@misconception(asks="After merge_adapter, which class do the layers have?")
def merged_but_not_unloaded(model: Any) -> nn.Module:
    """`merge_adapter()`: the weights hold the update, and PEFT's layers are still there."""
    merged = copy.deepcopy(model)
    merged.merge_adapter()
    return merged.eval()


@misconception(asks="Can the adapted model be trained on after you have deployed it?")
def adapted_model_used_up(model: Any) -> nn.Module:
    """Merged in place: the layers of the adapted model are gone."""
    table: Any = model.get_input_embeddings().weight if hasattr(model.config, "vocab_size") else None
    for part in list(model.modules()):
        layer: Any = getattr(part, "base_layer", None)
        if layer is not None and layer.weight is table:
            layer.weight = nn.Parameter(layer.weight.detach().clone())
            model.base_model.model.config.tie_word_embeddings = False
    return model.merge_and_unload().eval()


@misconception(asks="If the output layer and the embedding are one tensor, where does the update go?")
def tied_weight_merged(model: Any) -> nn.Module:
    """The update of the output layer changes the embedding as well."""
    return copy.deepcopy(model).merge_and_unload().eval()


@misconception(asks="Would two calls of your model with the same words give the same logits?")
def mode_left_as_it_was(model: Any) -> nn.Module:
    """If the adapted model was in train mode, so is the deployed one."""
    return sound(model).train(model.training)


@misconception(asks="Which mode was the adapted model in before you were asked?")
def adapted_model_put_into_eval_mode(model: Any) -> nn.Module:
    """The adapted model is put into eval mode on the way."""
    return sound(model.eval())


@misconception(asks="Is a copy that still carries its adapter a plain model?")
def just_a_copy(model: Any) -> nn.Module:
    """A copy in eval mode, adapter and all."""
    return copy.deepcopy(model).eval()
