"""Small transformers models, built from a config: the real classes at a size that trains in a minute on one core.

Each function takes what an exercise varies and passes anything else on to the config. transformers is imported inside
the functions, because importing it takes seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import (
        BertForMaskedLM,
        GPT2LMHeadModel,
        LlamaForCausalLM,
        ResNetForImageClassification,
        ViTForImageClassification,
    )


def tiny_resnet(
    n_classes: int | Sequence[str] = 10, in_channels: int = 3, widths: Sequence[int] = (16, 32, 64), **config: Any
) -> ResNetForImageClassification:
    """transformers' ResNet with basic blocks, one a stage. Pictures (N, in_channels, H, W); 32x32 suits it.

    `n_classes` is a number, or the class names. The backbone is `model.resnet`, whose `pooler_output` is
    (N, widths[-1], 1, 1); the head is `model.classifier`, a Flatten and a Linear.
    """
    from transformers import ResNetConfig, ResNetForImageClassification

    settings: dict[str, Any] = {
        "num_channels": in_channels,
        "embedding_size": widths[0],
        "hidden_sizes": list(widths),
        "depths": [1] * len(widths),
        "layer_type": "basic",
        **_labels(n_classes),
    }
    return ResNetForImageClassification(ResNetConfig(**{**settings, **config}))


def tiny_vit(
    n_classes: int | Sequence[str] = 10,
    in_channels: int = 1,
    image_size: int = 8,
    patch_size: int = 2,
    width: int = 64,
    depth: int = 4,
    **config: Any,
) -> ViTForImageClassification:
    """transformers' vision transformer. Pictures (N, in_channels, image_size, image_size).

    `n_classes` is a number, or the class names. The backbone is `model.vit`; the head, `model.classifier`, is a Linear
    on the class token. Its attention layers are called `q_proj`, `k_proj`, `v_proj` and `o_proj` in transformers 5.
    """
    from transformers import ViTConfig, ViTForImageClassification

    settings: dict[str, Any] = {
        "image_size": image_size,
        "patch_size": patch_size,
        "num_channels": in_channels,
        "hidden_size": width,
        "num_hidden_layers": depth,
        "num_attention_heads": 4,
        "intermediate_size": 2 * width,
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
        **_labels(n_classes),
    }
    return ViTForImageClassification(ViTConfig(**{**settings, **config}))


def tiny_llama(n_words: int, width: int = 64, depth: int = 2, max_length: int = 32, **config: Any) -> LlamaForCausalLM:
    """transformers' Llama: grouped-query attention (4 query heads, 2 for keys and values), head tied to the embedding.

    Word ids 0, 1 and 2 are padding, begin and end, as in `tlcore.data.Vocabulary`.
    """
    from transformers import LlamaConfig, LlamaForCausalLM

    settings: dict[str, Any] = {
        "vocab_size": n_words,
        "hidden_size": width,
        "intermediate_size": 2 * width,
        "num_hidden_layers": depth,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": max_length,
        "tie_word_embeddings": True,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
    }
    return LlamaForCausalLM(LlamaConfig(**{**settings, **config}))


def tiny_bert(n_words: int, width: int = 64, depth: int = 2, max_length: int = 32, **config: Any) -> BertForMaskedLM:
    """transformers' BERT with a masked-word head. It has no pooler: a classifier built on it starts with a random one.

    Word id 0 is padding. Its attention layers are still called `query`, `key` and `value` in transformers 5.
    """
    from transformers import BertConfig, BertForMaskedLM

    settings: dict[str, Any] = {
        "vocab_size": n_words,
        "hidden_size": width,
        "intermediate_size": 2 * width,
        "num_hidden_layers": depth,
        "num_attention_heads": 4,
        "max_position_embeddings": max_length,
        "pad_token_id": 0,
    }
    return BertForMaskedLM(BertConfig(**{**settings, **config}))


def tiny_gpt2(n_words: int, width: int = 64, depth: int = 2, max_length: int = 32, **config: Any) -> GPT2LMHeadModel:
    """transformers' GPT-2, its head tied to the embedding.

    Word ids 0, 1 and 2 are padding, begin and end. Its layers are not `nn.Linear` but transformers' own `Conv1D`, whose
    weight is (in, out); query, key and value are one of them, `c_attn`.
    """
    from transformers import GPT2Config, GPT2LMHeadModel

    settings: dict[str, Any] = {
        "vocab_size": n_words,
        "n_embd": width,
        "n_inner": 2 * width,
        "n_layer": depth,
        "n_head": 4,
        "n_positions": max_length,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
    }
    return GPT2LMHeadModel(GPT2Config(**{**settings, **config}))


def _labels(n_classes: int | Sequence[str]) -> dict[str, Any]:
    """The config entries that say how many classes there are, and what they are called if names are given."""
    if isinstance(n_classes, int):
        return {"num_labels": n_classes}
    return {"id2label": dict(enumerate(n_classes)), "label2id": {name: i for i, name in enumerate(n_classes)}}
