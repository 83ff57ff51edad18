"""Wrong ideas about `TaskSwitcher`."""

from __future__ import annotations

import copy
from typing import Any

import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer
from torch import Tensor, nn

from tlcore.misconceptions.registry import misconception
from tlcore.reference.lora_with_peft.task_switcher import TaskSwitcher as Sound


@misconception(replaces="TaskSwitcher", asks="Which adapter is active after a second one was loaded?")
class never_switched(Sound):
    """`set_adapter` is not called: the first adapter answers for every task."""

    @torch.no_grad()
    def logits(self, task: str | None, batch: dict[str, Tensor]) -> Tensor:
        if task is None or self.model is None:
            return super().logits(task, batch)
        return self.model(**batch).logits


@misconception(replaces="TaskSwitcher", asks="Under which name is each adapter kept?")
class one_name_for_all(Sound):
    """Every adapter is called "default": the last one replaces those before it."""

    def add(self, task: str, path: str) -> None:
        if self.model is None:
            self.model = PeftModel.from_pretrained(self.base, path).eval()
        else:
            self.model.delete_adapter("default")
            self.model.load_adapter(path, "default")
            self.model.set_adapter("default")

    @torch.no_grad()
    def logits(self, task: str | None, batch: dict[str, Tensor]) -> Tensor:
        return super().logits(None if task is None else "default", batch)


@misconception(replaces="TaskSwitcher", asks="What is in the base when the second adapter comes?")
class wrapped_again(Sound):
    """A new PeftModel around the same base for every task: each is put into the layers of the one before."""

    def __init__(self, base: nn.Module) -> None:
        super().__init__(base)
        self.models: dict[str, Any] = {}

    def add(self, task: str, path: str) -> None:
        self.models[task] = PeftModel.from_pretrained(self.base, path, adapter_name=task).eval()

    @torch.no_grad()
    def logits(self, task: str | None, batch: dict[str, Tensor]) -> Tensor:
        if not self.models:
            return self.base(**batch).logits
        if task is None:
            with next(iter(self.models.values())).disable_adapter():
                return next(iter(self.models.values()))(**batch).logits
        return self.models[task](**batch).logits


@misconception(replaces="TaskSwitcher", asks="Which part besides the factors belongs to a task?")
class one_head_for_all(Sound):
    """The factors are switched, the head is always the first task's."""

    def __init__(self, base: nn.Module) -> None:
        super().__init__(base)
        self.first = ""

    def add(self, task: str, path: str) -> None:
        super().add(task, path)
        self.first = self.first or task

    @torch.no_grad()
    def logits(self, task: str | None, batch: dict[str, Tensor]) -> Tensor:
        if task is None or self.model is None:
            return super().logits(task, batch)
        self.model.set_adapter(self.first)
        for part in self.model.modules():
            if isinstance(part, LoraLayer) and hasattr(part, "set_adapter"):
                part.set_adapter(task)
        return self.model(**batch).logits


@misconception(replaces="TaskSwitcher", asks="How much memory would a hundred tasks take?")
class a_base_for_each_task(Sound):
    """A copy of the base for every task."""

    def __init__(self, base: nn.Module) -> None:
        super().__init__(base)
        self.models: dict[str, Any] = {}

    def add(self, task: str, path: str) -> None:
        self.models[task] = PeftModel.from_pretrained(copy.deepcopy(self.base), path).eval()

    @torch.no_grad()
    def logits(self, task: str | None, batch: dict[str, Tensor]) -> Tensor:
        return (self.base if task is None else self.models[task])(**batch).logits


@misconception(replaces="TaskSwitcher", asks="What does the base answer while an adapter is on?")
class adapter_left_on(Sound):
    """Without a task the last one still answers."""

    @torch.no_grad()
    def logits(self, task: str | None, batch: dict[str, Tensor]) -> Tensor:
        if task is None and self.model is not None:
            return self.model(**batch).logits
        return super().logits(task, batch)


@misconception(replaces="TaskSwitcher", asks="The factors are off. Whose head is it?")
class head_left_on(Sound):
    """Without a task the factors are off, and the head is still the last task's."""

    @torch.no_grad()
    def logits(self, task: str | None, batch: dict[str, Tensor]) -> Tensor:
        if task is not None or self.model is None:
            return super().logits(task, batch)
        layers = [part for part in self.model.modules() if isinstance(part, LoraLayer)]
        for part in layers:
            part.enable_adapters(False)
        try:
            return self.model(**batch).logits
        finally:
            for part in layers:
                part.enable_adapters(True)


@misconception(replaces="TaskSwitcher", asks="Is (w + d) - d the same as w, to the last bit?")
class merged_and_taken_out(Sound):
    """Each task is merged into the base when it is used and subtracted again afterwards."""

    @torch.no_grad()
    def logits(self, task: str | None, batch: dict[str, Tensor]) -> Tensor:
        if task is None or self.model is None:
            return super().logits(task, batch)
        self.model.set_adapter(task)
        self.model.merge_adapter()
        try:
            return self.model(**batch).logits
        finally:
            self.model.unmerge_adapter()


@misconception(replaces="TaskSwitcher", asks="Whose head is left when `unload` has taken an adapter away?")
class unloaded_after_each_question(Sound):
    """Each question wraps the base and unloads it again: what `unload` leaves is the task's head, not the base's."""

    def __init__(self, base: nn.Module) -> None:
        super().__init__(base)
        self.paths: dict[str, str] = {}

    def add(self, task: str, path: str) -> None:
        self.paths[task] = path

    @torch.no_grad()
    def logits(self, task: str | None, batch: dict[str, Tensor]) -> Tensor:
        if task is None:
            return self.base(**batch).logits
        model: Any = PeftModel.from_pretrained(self.base, self.paths[task]).eval()
        answer = model(**batch).logits
        self.base = model.unload()
        return answer


@misconception(replaces="TaskSwitcher", asks="In which mode may the base come, and what does dropout do then?")
class mode_of_the_base_kept(Sound):
    """Dropout is not switched off: the base alone is asked in the mode in which it came."""

    def __init__(self, base: nn.Module) -> None:
        mode = base.training
        super().__init__(base)
        self.base = base.train(mode)
