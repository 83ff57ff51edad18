"""TinyTransformer: a plain-torch transformer whose every part has a name that you choose.

For exercises on adapters, which go by the names and paths of modules. Nothing in it comes from transformers, so that
one can read it whole.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

NAMES: dict[str, str] = {
    "embedding": "embed_tokens",
    "blocks": "layers",
    "attention": "self_attn",
    "query": "q_proj",
    "key": "k_proj",
    "value": "v_proj",
    "output": "o_proj",
    "mlp": "mlp",
    "up": "up_proj",
    "down": "down_proj",
    "norm": "norm",
    "head": "head",
}
"""What each part is called unless `names` says otherwise."""


class TinyTransformer(nn.Module):
    """Token embedding, blocks of attention and MLP, and a linear head.

    Args:
        n_words: size of the vocabulary.
        n_out: how many logits.
        width: size of the residual stream.
        depth: how many blocks.
        n_heads: attention heads of the queries.
        n_kv_heads: heads of keys and values; a divisor of `n_heads` (grouped-query attention, Ainslie et al. 2023).
        head_width: size of each head. The query projection is `width -> n_heads * head_width`, not square unless you
            choose the numbers so; with the defaults no projection is.
        mlp_width: hidden size of the MLP.
        max_length: longest sequence.
        per_token: logits for every position (N, T, n_out) instead of one a sequence (N, n_out).
        causal: whether a position sees only earlier ones.
        bias: whether the linear layers of the blocks have a bias. The head always has one.
        names: other names for some parts, by the keys of `NAMES`.

    Raises:
        ValueError: for an unknown part in `names`, or head counts that do not divide.

    >>> model = TinyTransformer(depth=1, names={"query": "query", "head": "score"})
    >>> [name for name, part in model.named_modules() if isinstance(part, nn.Linear)][:2]
    ['layers.0.self_attn.query', 'layers.0.self_attn.k_proj']
    """

    def __init__(
        self,
        n_words: int = 50,
        n_out: int = 5,
        width: int = 24,
        depth: int = 2,
        n_heads: int = 4,
        n_kv_heads: int = 2,
        head_width: int = 8,
        mlp_width: int = 40,
        max_length: int = 32,
        per_token: bool = False,
        causal: bool = False,
        bias: bool = True,
        names: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        unknown = set(names or {}) - set(NAMES)
        if unknown:
            raise ValueError(f"no part is called {sorted(unknown)}: parts are {', '.join(NAMES)}")
        self.names = {**NAMES, **(names or {})}
        self.per_token = per_token
        blocks = [
            _Block(self.names, width, n_heads, n_kv_heads, head_width, mlp_width, causal, bias) for _ in range(depth)
        ]
        self.positions = nn.Parameter(torch.randn(max_length, width) * 0.1)
        self.add_module(self.names["embedding"], nn.Embedding(n_words, width))
        self.add_module(self.names["blocks"], nn.ModuleList(blocks))
        self.add_module(self.names["norm"], nn.LayerNorm(width))
        self.add_module(self.names["head"], nn.Linear(width, n_out))

    def part(self, name: str) -> nn.Module:
        """The direct child that plays a part: `model.part("head")`, whatever it is called here."""
        return self.get_submodule(self.names[name])

    def features(self, ids: Tensor) -> Tensor:
        """What the head sees: word ids (N, T) -> (N, width), averaged over positions; (N, T, width) if `per_token`."""
        x = self.part("embedding")(ids) + self.positions[: ids.shape[1]]
        for block in self.part("blocks").children():
            x = block(x)
        x = self.part("norm")(x)
        return x if self.per_token else x.mean(1)

    def forward(self, ids: Tensor) -> Tensor:
        """Logits: word ids (N, T) -> (N, n_out), or (N, T, n_out) if `per_token`."""
        return self.part("head")(self.features(ids))


class _Block(nn.Module):
    def __init__(
        self,
        names: Mapping[str, str],
        width: int,
        n_heads: int,
        n_kv_heads: int,
        head_width: int,
        mlp_width: int,
        causal: bool,
        bias: bool,
    ) -> None:
        super().__init__()
        self.names = names
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.add_module(names["attention"], _Attention(names, width, n_heads, n_kv_heads, head_width, causal, bias))
        mlp = nn.Sequential()
        mlp.add_module(names["up"], nn.Linear(width, mlp_width, bias=bias))
        mlp.add_module("act", nn.GELU())
        mlp.add_module(names["down"], nn.Linear(mlp_width, width, bias=bias))
        self.add_module(names["mlp"], mlp)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.get_submodule(self.names["attention"])(self.norm1(x))
        return x + self.get_submodule(self.names["mlp"])(self.norm2(x))


class _Attention(nn.Module):
    def __init__(
        self,
        names: Mapping[str, str],
        width: int,
        n_heads: int,
        n_kv_heads: int,
        head_width: int,
        causal: bool,
        bias: bool,
    ) -> None:
        super().__init__()
        if n_heads % n_kv_heads:
            raise ValueError(f"n_kv_heads={n_kv_heads} does not divide n_heads={n_heads}")
        self.names, self.n_heads, self.n_kv_heads = names, n_heads, n_kv_heads
        self.head_width, self.causal = head_width, causal
        self.add_module(names["query"], nn.Linear(width, n_heads * head_width, bias=bias))
        self.add_module(names["key"], nn.Linear(width, n_kv_heads * head_width, bias=bias))
        self.add_module(names["value"], nn.Linear(width, n_kv_heads * head_width, bias=bias))
        self.add_module(names["output"], nn.Linear(n_heads * head_width, width, bias=bias))

    def _heads(self, part: str, x: Tensor, count: int) -> Tensor:
        """(N, T, width) -> (N, n_heads, T, head_width); key and value heads are repeated to match the queries."""
        n, t, _ = x.shape
        heads = self.get_submodule(self.names[part])(x).view(n, t, count, self.head_width).transpose(1, 2)
        return heads.repeat_interleave(self.n_heads // count, dim=1)

    def forward(self, x: Tensor) -> Tensor:
        query = self._heads("query", x, self.n_heads)
        key = self._heads("key", x, self.n_kv_heads)
        value = self._heads("value", x, self.n_kv_heads)
        scores = query @ key.transpose(-1, -2) / math.sqrt(self.head_width)
        if self.causal:
            later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=x.device).triu(1)
            scores = scores.masked_fill(later, float("-inf"))
        mixed = (scores.softmax(-1) @ value).transpose(1, 2).flatten(2)
        return self.get_submodule(self.names["output"])(mixed)
