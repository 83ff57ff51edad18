"""Lies made for one hidden test each, by somebody who has read it: numbers that fit each other, but not the question.

All that they use is what the learner's process sees: the requests, their tensors, and the models.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from tlcore.misconceptions.lora_from_scratch_merging import merged_into_a_shared_weight
from torch import nn

from grader.remote import codec
from grader.student.answers import LearnerError, TrustedAnswers
from tlcore.misconceptions.feature_extraction import graph_kept, whole_classifier_replaced

Reply = tuple[Any, dict[str, torch.Tensor]]


class Lie(TrustedAnswers):
    """Answers as the right answer would but for `names`, and says otherwise what `instead` has something to say on."""

    question: str
    aims_at: str
    """The hidden test."""

    def __init__(self, right: dict[str, Any]):
        super().__init__({**right, **self.names()})
        self.times: dict[str, int] = {}

    def names(self) -> dict[str, Any]:
        """The answer."""
        return {}

    def ask(self, request: dict[str, Any], tensors: dict[str, torch.Tensor]) -> Reply:
        """What is made up, or else the honest reply."""
        what = str(request.get("tool") or request.get("function") or request["op"])
        self.times[what] = self.times.get(what, 0) + 1
        lie = self.instead(what, request, list(tensors.values()))
        if lie is None:
            return super().ask(request, tensors)
        encoder = codec.Encoder(self.executor._keep)
        return encoder.encode(lie.value), encoder.tensors

    def instead(self, what: str, request: dict[str, Any], tensors: list[torch.Tensor]) -> SimpleNamespace | None:
        """A lie (`say(value)`), or None."""
        return None


def say(value: Any) -> SimpleNamespace:
    """A value that is made up."""
    return SimpleNamespace(value=value)


class GoesThroughTheGraphOnlyOnce(Lie):
    """Keeps the graph, and says nothing of the error that it causes."""

    question, aims_at = "extract_features", "test_no_graph_is_kept"

    def names(self) -> dict[str, Any]:
        return {"extract_features": graph_kept}

    def ask(self, request: dict[str, Any], tensors: dict[str, torch.Tensor]) -> Reply:
        try:
            return super().ask(request, tensors)
        except LearnerError:
            return None, {}


class OneLabelForAll(Lie):
    """Says that the backbone sees nothing in any picture: then every label is as near as any other."""

    question, aims_at = "extract_features", "test_every_picture_once_beside_its_own_label"

    def names(self) -> dict[str, Any]:
        def extract_features(model: Any, loader: Any) -> Any:
            features = [model.features(x) for x, _ in loader]
            return torch.cat(features).detach(), loader.dataset.tensors[1][:1].repeat(len(loader.dataset))

        return {"extract_features": extract_features}

    def ask(self, request: dict[str, Any], tensors: dict[str, torch.Tensor]) -> Reply:
        value, said = super().ask(request, tensors)
        if request.get("tool") == "outputs":
            said = {name: torch.zeros_like(features) for name, features in said.items()}
        return value, said


class _Ratios(Lie):
    """Makes up features and what dropout leaves of them: 1, and 0 or 1 / (1 - p)."""

    def instead(self, what: str, request: dict[str, Any], tensors: list[torch.Tensor]) -> SimpleNamespace | None:
        if what == "tiny_net":
            self.p = float(request["kwargs"]["dropout"])
        if what == "pin":
            self.n = len(tensors[0])
        if what == "outputs" and self.times[what] > 1:
            ones = torch.ones(len(tensors[0]), self.n)
            training = request["kwargs"].get("training") is True
            return say(nn.functional.dropout(ones, self.p) if training else ones)
        return None


class RatiosOfNoHead(_Ratios):
    """Has lost the dropout, and the features with it."""

    question, aims_at = "replace_head", "test_dropout_is_kept"

    def names(self) -> dict[str, Any]:
        return {"replace_head": whole_classifier_replaced}


class RatiosOfNoBackbone(_Ratios):
    """Has no backbone at all."""

    question, aims_at = "frozen_backbone", "test_the_heads_dropout_is_still_active"

    def names(self) -> dict[str, Any]:
        class FrozenBackbone(nn.Module):
            def __init__(self, backbone: Any, head: Any):
                super().__init__()
                self.head = head

        return {"FrozenBackbone": FrozenBackbone}


class NumbersThatFitTheFactors(Lie):
    """No layer: factors and outputs are made up so that they fit each other."""

    question, aims_at = "lora_linear", "test_starts_as_its_base_and_learns"

    def names(self) -> dict[str, Any]:
        return {"LoRALinear": lambda base, r, *others: self._sized(base, r)}

    def _sized(self, base: Any, r: int) -> nn.Module:
        self.a, self.b = torch.randn(r, base.in_features), torch.zeros(base.out_features, r)
        return nn.Identity()

    def instead(self, what: str, request: dict[str, Any], tensors: list[torch.Tensor]) -> SimpleNamespace | None:
        if what == "train":
            self.a, self.b = self.a + 0.01, self.b + 0.01
            return say(None)
        if what == "parameters":
            return say([self.a, self.b])
        if what == "outputs" and self.times[what] > 1:
            base = self.executor.objects[1]
            return say(base(tensors[0]) + tensors[0] @ self.a.T @ self.b.T)
        return None


class NoiseForDropout(Lie):
    """Leaves the update out in train mode, and adds noise instead where not everything should be dropped."""

    question, aims_at = "lora_linear", "test_dropout_is_on_the_low_rank_path_only"

    def __init__(self, right: dict[str, Any]):
        self.right = right
        super().__init__(right)

    def names(self) -> dict[str, Any]:
        class LoRALinear(self.right["LoRALinear"]):  # type: ignore[misc]
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                if not self.training:
                    return super().forward(x)
                y = self.base(x)
                return y if self.dropout.p == 1 else y + torch.randn_like(y)

        return {"LoRALinear": LoRALinear}


class CountsOfNothing(Lie):
    """Adds nothing, and says of each named layer that as much can learn as factors would hold."""

    question, aims_at = "inject_lora", "test_a_second_call_adds_nothing"

    def names(self) -> dict[str, Any]:
        def inject_lora(model: Any, targets: Any, r: int, alpha: float) -> list[str]:
            named = {n: m for n, m in model.named_modules() if isinstance(m, nn.Linear)}
            self.counts = {
                n: r * (m.in_features + m.out_features) if n.rpartition(".")[2] in targets else 0
                for n, m in named.items()
            }
            return []

        return {"inject_lora": inject_lora}

    def instead(self, what: str, request: dict[str, Any], tensors: list[torch.Tensor]) -> SimpleNamespace | None:
        return say(self.counts) if what == "trainable_counts" else None


class TableOnceAndForAll(Lie):
    """Merges into the tensor that the embedding shares, and repeats what that said before."""

    question, aims_at = "merge", "test_who_shares_the_weight_does_not_notice"

    def names(self) -> dict[str, Any]:
        wrong = merged_into_a_shared_weight
        return {"merge": wrong.merge, "unmerge": wrong.unmerge}

    def ask(self, request: dict[str, Any], tensors: dict[str, torch.Tensor]) -> Reply:
        reply = super().ask(request, tensors)
        if request.get("tool") != "outputs" or any(words.is_floating_point() for words in tensors.values()):
            return reply
        self.said = getattr(self, "said", reply)
        return self.said


class DropoutOnTheLogits(Lie):
    """No lie but a wrong answer: the dropout is there, behind the new layer rather than before it."""

    question, aims_at = "replace_head", "test_dropout_is_kept"

    def names(self) -> dict[str, Any]:
        def replace_head(model: Any, n_classes: int) -> Any:
            dropout, old = model.classifier
            model.classifier = nn.Sequential(nn.Linear(old.in_features, n_classes), dropout)
            return model

        return {"replace_head": replace_head}


class DropoutOnTheLogitsOfAFrozenHead(Lie):
    """Puts the head's dropout out of use, and a dropout of its own behind the head."""

    question, aims_at = "frozen_backbone", "test_the_heads_dropout_is_still_active"

    def names(self) -> dict[str, Any]:
        class FrozenBackbone(nn.Module):
            def __init__(self, backbone: Any, head: Any):
                super().__init__()
                self.backbone, self.head = backbone.eval(), head.eval()
                self.p = next(m.p for m in head.modules() if isinstance(m, nn.Dropout))

            def train(self, mode: bool = True) -> Any:
                self.training = mode
                return self

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return nn.functional.dropout(self.head(self.backbone(x)), self.p, self.training)

        return {"FrozenBackbone": FrozenBackbone}


class UpdateKeptBesideTheBase(Lie):
    """Merges nothing: keeps the update as it is now, and goes on adding it to what the base answers."""

    question, aims_at = "merge", "test_who_shares_the_weight_does_not_notice"

    def names(self) -> dict[str, Any]:
        def merge(layer: Any) -> Any:
            if "forward" not in vars(layer):
                update = (layer.alpha / layer.r * layer.B @ layer.A).detach()
                layer.forward = lambda x: layer.base(x) + x @ update.T
            return layer

        def unmerge(layer: Any) -> Any:
            vars(layer).pop("forward", None)
            return layer

        return {"merge": merge, "unmerge": unmerge}


LIES: list[type[Lie]] = [
    GoesThroughTheGraphOnlyOnce,
    OneLabelForAll,
    RatiosOfNoHead,
    RatiosOfNoBackbone,
    NumbersThatFitTheFactors,
    NoiseForDropout,
    CountsOfNothing,
    TableOnceAndForAll,
    DropoutOnTheLogits,
    DropoutOnTheLogitsOfAFrozenHead,
    UpdateKeptBesideTheBase,
]
