"""The zoo: models of many kinds, written once for the hidden tests of all topics.

Toys with parameters at every depth, of many kinds of layers and with odd names; and tiny models of transformers. A
test names a kind (`given.model("vit")`, see `grader.student.zoo`) or builds a toy (`student.tools.tower(...)`).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from . import tool


@tool
def model(kind: str, n_classes: int, dtype: str = "float32", **sizes: Any) -> nn.Module:
    """A model of one kind in eval mode, without dropout; it answers with plain logits (N, n_classes).

    "net": a TinyNet, pictures. "resnet": convolutions and batch norms, pictures. "vit": attention on patches of
    pictures. "bert": embeddings and attention, word ids. The last three are classes of transformers. Raises KeyError
    for another kind.
    """
    made = {"net": _net, "resnet": _resnet, "vit": _vit, "bert": _bert}[kind](n_classes, **sizes)
    return made.to(getattr(torch, dtype)).eval()


def _net(n_classes: int, **sizes: Any) -> nn.Module:
    from tlcore.models import TinyNet

    return TinyNet(n_classes=n_classes, dropout=0.0, **sizes)


def _resnet(n_classes: int, **sizes: Any) -> nn.Module:
    from tlcore.models import tiny_resnet

    return _with_plain_logits(tiny_resnet(n_classes, **sizes))


def _vit(n_classes: int, **sizes: Any) -> nn.Module:
    from tlcore.models import tiny_vit

    settings: dict[str, Any] = {"width": 16, "depth": 2, "num_attention_heads": 2, "intermediate_size": 16, **sizes}
    return _with_plain_logits(tiny_vit(n_classes, **settings))


def _bert(n_classes: int, **sizes: Any) -> nn.Module:
    from transformers import BertConfig, BertForSequenceClassification

    settings: dict[str, Any] = {
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 20,
        **sizes,
    }
    still: dict[str, Any] = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "num_labels": n_classes}
    return _with_plain_logits(BertForSequenceClassification(BertConfig(**settings, **still)))


def _with_plain_logits(module: nn.Module) -> nn.Module:
    """A hook rather than another `forward`: a copy of the model has it too."""
    module.register_forward_hook(_logits)
    return module


def _logits(module: nn.Module, inputs: Any, output: Any) -> Tensor:
    return output.logits


class Nest(nn.Module):
    """Parameters at every depth: one of its own, a child's, a grandchild's and deeper. (N, width) -> (N, width)."""

    def __init__(self, width: int, names: list[str]):
        super().__init__()
        self.scale = nn.Parameter(torch.full((width,), 1.1))
        self.stem = nn.Linear(width, width)
        deep = nn.Sequential(nn.LayerNorm(width), nn.Sequential(nn.Linear(width, width), nn.Tanh()))
        blocks = [nn.Sequential(nn.Linear(width, width), nn.ReLU()), deep]
        self.blocks = nn.ModuleDict(dict(zip(names, blocks, strict=True)))

    def forward(self, x: Tensor) -> Tensor:
        """(N, width) -> (N, width)."""
        x = self.scale * self.stem(x)
        for block in self.blocks.values():
            x = x + block(x)
        return x


class Tower(nn.Module):
    """`inlet`, `backbone` (a Nest), `outlet`, `head`: (N, n_in) -> (N, n_classes)."""

    def __init__(self, n_in: int, width: int, n_classes: int, names: list[str]):
        super().__init__()
        self.inlet = nn.Linear(n_in, width)
        self.backbone = Nest(width, names)
        self.outlet = nn.Linear(width, width)
        self.head = nn.Linear(width, n_classes)

    def forward(self, x: Tensor) -> Tensor:
        """(N, n_in) -> (N, n_classes)."""
        return self.head(torch.tanh(self.outlet(self.backbone(self.inlet(x)))))


@tool
def tower(n_in: int, width: int, n_classes: int, names: list[str], tied: bool = False) -> nn.Module:
    """A Tower; `tied` makes the weight of `outlet` the very parameter that lies deepest in the backbone."""
    model = Tower(n_in, width, n_classes, names)
    if tied:
        deepest = [m for m in model.backbone.modules() if isinstance(m, nn.Linear)][-1]
        model.outlet.weight = deepest.weight
    return model


class MixedLayers(nn.Module):
    """One layer of each of many kinds, in several precisions; all of them are used. (N, width) -> (N, width)."""

    def __init__(self, width: int):
        super().__init__()
        self.width = width
        self.Shift0 = nn.Parameter(torch.zeros(width))
        self.gains = nn.ParameterList([torch.ones(width), torch.tensor(1.0)])
        self.Conv1 = nn.Conv1d(1, 1, 3, padding=1)
        self.bn2 = nn.BatchNorm1d(width)
        self.groupNorm3 = nn.GroupNorm(1, width)
        self.embed4 = nn.Embedding(3, width)
        self.attention5 = nn.MultiheadAttention(width, 1, batch_first=True)
        self.gru6 = nn.GRU(width, width, batch_first=True)
        self.prelu7 = nn.PReLU()
        self.Double8 = nn.Linear(width, width, dtype=torch.float64)
        self.half9 = nn.Linear(width, width, dtype=torch.bfloat16)
        self.deep = nn.ModuleDict({"A": nn.ModuleList([nn.Sequential(nn.Sequential(nn.Linear(width, width)))])})

    def forward(self, x: Tensor) -> Tensor:
        """(N, width) -> (N, width)."""
        x = self.gains[1] * self.gains[0] * x + self.Shift0
        x = self.prelu7(self.groupNorm3(self.bn2(x + self.Conv1(x[:, None])[:, 0])))
        x = x + self.embed4(torch.arange(len(x)) % 3)
        x = x + self.attention5(x[:, None], x[:, None], x[:, None])[0][:, 0] + self.gru6(x[:, None])[0][:, 0]
        x = x + self.Double8(x.double()).float() + self.half9(x.bfloat16()).float()
        for part in self.deep["A"]:  # type: ignore[attr-defined]
            x = x + part(x)
        return x


@tool
def mixed_layers(width: int) -> nn.Module:
    """A module of MixedLayers."""
    return MixedLayers(width)


class Heads(nn.Module):
    """A model whose body has `multihead`, and an `fc` and a `head` deep inside.

    The head, `classifier`, has layers, and is not the last part of the model.
    """

    def __init__(self, width: int, n_classes: int, tied: bool) -> None:
        super().__init__()
        self.multihead = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        self.gate = nn.ModuleDict({"fc": nn.Linear(width, width), "head": nn.Linear(width, 1)})
        self.classifier = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, n_classes, bias=False))
        self.headroom = nn.Linear(width, width, bias=False)
        if tied:
            self.headroom.weight = self.multihead.weight

    def forward(self, x: Tensor) -> Tensor:
        """(N, width) -> (N, n_classes)."""
        x = torch.tanh(self.headroom(torch.tanh(self.multihead(x))))
        gate = torch.sigmoid(self.gate["head"](torch.tanh(self.gate["fc"](x))))
        return self.classifier(self.norm(gate * x))


@tool
def heads(width: int, n_classes: int, tied: bool = False) -> nn.Module:
    """A `Heads`; `tied` makes two layers of its body share their weight."""
    return Heads(width, n_classes, tied)


class Collection(nn.Module):
    """Layers of many kinds at every depth: word ids (N, T) -> (N, n_out).

    At the top an embedding, a norm, a convolution, a dropout, a linear layer `names["top"]` and the head, a norm and a
    linear layer. In each of `depth` blocks a norm, `names["attention"]` with the layers `names["query"]`,
    `names["value"]` and a trap beside it, `names["box"]` with the layer `inner`, and `names["wide"]` with as many
    outputs as `wide` says.
    """

    def __init__(self, names: dict[str, str], width: int, wide: int, depth: int, n_words: int, n_out: int):
        super().__init__()
        self.names = names
        self.embed, self.norm = nn.Embedding(n_words, width), nn.LayerNorm(width)
        self.conv, self.drop = nn.Conv1d(width, width, 3, padding=1), nn.Dropout(0.5)
        self.add_module(names["top"], nn.Linear(width, width))
        blocks = []
        for _ in range(depth):
            attention = nn.ModuleDict(
                {
                    names["query"]: nn.Linear(width, width + 3, bias=False),
                    names["value"]: nn.Linear(width, width + 2),
                    names["trap"]: nn.Linear(width, width + 1),
                }
            )
            parts = {"norm": nn.LayerNorm(width), names["attention"]: attention}
            parts[names["box"]] = nn.ModuleDict({"inner": nn.Linear(width, width)})
            parts[names["wide"]] = nn.Linear(width, wide)
            blocks.append(nn.ModuleDict(parts))
        self.blocks = nn.ModuleList(blocks)
        self.add_module(names["head"], nn.Sequential(nn.LayerNorm(width), nn.Linear(width, n_out)))

    def forward(self, ids: Tensor) -> Tensor:
        """(N, T) -> (N, n_out)."""
        names = self.names
        x = self.norm(self.embed(ids))
        x = x + self.get_submodule(names["top"])(x)
        x = x + torch.tanh(self.conv(x.transpose(1, 2)).transpose(1, 2))
        for block in self.blocks.children():
            y = block.get_submodule("norm")(x)
            for path, layer in block.named_modules():
                if path.startswith(names["attention"] + ".") and path.count(".") == 1:
                    x = x + torch.tanh(layer(y))[..., : x.shape[-1]]
            x = x + torch.tanh(block.get_submodule(names["box"] + ".inner")(y))
            x = x + torch.tanh(block.get_submodule(names["wide"])(y))[..., -x.shape[-1] :]
        return self.get_submodule(names["head"])(self.drop(x).mean(1))


@tool
def collection(names: dict[str, str], width: int, wide: int, depth: int, n_words: int, n_out: int) -> nn.Module:
    """A Collection in eval mode."""
    return Collection(names, width, wide, depth, n_words, n_out).eval()
