"""Wrong ideas about `adapt_and_save` and `restore`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn

from tlcore.misconceptions.registry import misconception
from tlcore.reference.lora_with_peft.adapt_and_save import restore as sound_restore
from tlcore.reference.lora_with_peft.make_config import make_config

Train = Callable[[nn.Module], object]


def _without_head(base: nn.Module) -> LoraConfig:
    config = make_config(base, 4, 8, "attention")
    config.task_type = config.modules_to_save = None
    return config


def _head(model: nn.Module) -> nn.Module:
    return next(part for path, part in model.named_modules() if path.split(".")[-1] in ("classifier", "score"))


@misconception(replaces="*", asks="Is the head among the parameters that can learn?")
class head_neither_trained_nor_saved:
    """No task and no `modules_to_save` (which `names.append(...)` gives, too: it returns None)."""

    @staticmethod
    def adapt_and_save(base: nn.Module, path: str, train: Train) -> nn.Module:
        model = get_peft_model(copy.deepcopy(base), _without_head(base))
        train(model)
        model.save_pretrained(path)
        return model

    restore = staticmethod(sound_restore)


@misconception(replaces="*", asks="You let the head learn. Who tells PEFT that it has to be saved?")
class head_unfrozen_by_hand:
    """The head is set free after wrapping. It learns, and is not saved."""

    @staticmethod
    def adapt_and_save(base: nn.Module, path: str, train: Train) -> nn.Module:
        model = get_peft_model(copy.deepcopy(base), _without_head(base))
        _head(model).requires_grad_(True)
        train(model)
        model.save_pretrained(path)
        return model

    restore = staticmethod(sound_restore)


@misconception(replaces="*", asks="Where in `restore` is what was learned read from the folder?")
class reloaded_by_wrapping_again:
    """The configuration is loaded and a new adapter made of it, one that has learned nothing."""

    @staticmethod
    def restore(base: nn.Module, path: str) -> nn.Module:
        return get_peft_model(copy.deepcopy(base), LoraConfig.from_pretrained(path))


@misconception(replaces="*", asks="What is in the model that you were given once PEFT has wrapped it?")
class base_changed_in_adapting:
    """`get_peft_model(base, ...)` puts its layers into the caller's model."""

    @staticmethod
    def adapt_and_save(base: nn.Module, path: str, train: Train) -> nn.Module:
        model = get_peft_model(base, make_config(base, 4, 8, "attention"))
        train(model)
        model.save_pretrained(path)
        return model


@misconception(replaces="*", asks="Does loading an adapter leave the base alone?")
class base_changed_in_restoring:
    """`PeftModel.from_pretrained(base, ...)` puts its layers into the caller's model, too."""

    @staticmethod
    def restore(base: nn.Module, path: str) -> nn.Module:
        return PeftModel.from_pretrained(base, path)


@misconception(replaces="*", asks="In which order do training and saving happen?")
class saved_before_training:
    """The folder holds the adapter as it was before it learned anything."""

    @staticmethod
    def adapt_and_save(base: nn.Module, path: str, train: Train) -> nn.Module:
        model = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))
        model.save_pretrained(path)
        train(model)
        return model


@misconception(replaces="*", asks="What does a file need to hold if everybody has the base?")
class whole_model_saved:
    """The whole state, base and all."""

    @staticmethod
    def adapt_and_save(base: nn.Module, path: str, train: Train) -> nn.Module:
        model = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))
        train(model)
        model.save_pretrained(path)
        torch.save(model.state_dict(), f"{path}/model.pt")
        return model

    @staticmethod
    def restore(base: nn.Module, path: str) -> nn.Module:
        model: Any = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))
        model.load_state_dict(torch.load(f"{path}/model.pt"))
        return model.eval()


@misconception(replaces="*", asks="When does the adapter learn?")
class never_trained:
    """`train` is not called."""

    @staticmethod
    def adapt_and_save(base: nn.Module, path: str, train: Train) -> nn.Module:
        model = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))
        model.save_pretrained(path)
        return model
