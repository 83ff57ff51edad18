"""One base, many tasks: an adapter and a head for each."""

from __future__ import annotations

from typing import Any

import torch
from peft import PeftModel
from torch import Tensor, nn


class TaskSwitcher:
    """Keeps one base and switches between the adapters that were added."""

    def __init__(self, base: nn.Module) -> None:
        # 1. keep the base; there is no adapter yet
        ### BEGIN SOLUTION
        self.base = base.eval()
        self.model: Any = None
        ### END SOLUTION

    def add(self, task: str, path: str) -> None:
        """Load the adapter in the folder `path` under the name `task`."""
        # 2. the first adapter wraps the base; every other one joins it, each under its own name
        ### BEGIN SOLUTION
        if self.model is None:
            self.model = PeftModel.from_pretrained(self.base, path, adapter_name=task)
        else:
            self.model.load_adapter(path, adapter_name=task)
        self.model.eval()
        ### END SOLUTION

    @torch.no_grad()
    def logits(self, task: str | None, batch: dict[str, Tensor]) -> Tensor:
        """The logits of a task for a batch, inputs by name; with None those of the base alone."""
        # 3. None: the base without any adapter, its own head included
        # 4. else: switch to the task's adapter, then ask
        ### BEGIN SOLUTION
        if self.model is None:
            return self.base(**batch).logits
        if task is None:
            with self.model.disable_adapter():
                return self.model(**batch).logits
        self.model.set_adapter(task)
        return self.model(**batch).logits
        ### END SOLUTION
