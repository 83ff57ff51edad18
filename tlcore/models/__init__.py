"""Small models. `TinyNet` and `TinyTransformer` are plain torch; the `tiny_…` functions build transformers models."""

from tlcore.models.blocks import HEADS, blocks_of, head_of
from tlcore.models.hf import tiny_bert, tiny_gpt2, tiny_llama, tiny_resnet, tiny_vit
from tlcore.models.outputs import logits_of
from tlcore.models.tinynet import TinyNet, TinyNetConfig
from tlcore.models.transformer import TinyTransformer

__all__ = [
    "HEADS",
    "TinyNet",
    "TinyNetConfig",
    "TinyTransformer",
    "blocks_of",
    "head_of",
    "logits_of",
    "tiny_bert",
    "tiny_gpt2",
    "tiny_llama",
    "tiny_resnet",
    "tiny_vit",
]
