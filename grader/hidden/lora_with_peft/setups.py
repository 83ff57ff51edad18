"""Set-ups that several questions of lora_with_peft share."""

import torch

from grader.student.views import View
from tlcore import plots

KINDS = ("bert", "gpt2", "llama", "vit")
HEADS = {"bert": "classifier", "gpt2": "score", "llama": "score", "vit": "classifier"}
ATTENTION = {
    "bert": ["query", "key", "value"],
    "gpt2": ["c_attn"],
    "llama": ["q_proj", "k_proj", "v_proj"],
    "vit": ["q_proj", "k_proj", "v_proj", "query", "key", "value"],
}
"""What the head and the attention layers of each kind are called (a vision transformer's depend on the version)."""
SIZES = {"bert": (12, 20, 24), "gpt2": (12, 20, 28), "llama": (16, 24, 32), "vit": (12, 20, 24)}
"""Widths that the heads of each kind divide (llama: into an even number)."""


def transformer(student, given, kind, classes=True, depth=None, dropout=0.0):
    """A small model of transformers, and a batch for it."""
    spec = sizes(given, kind, classes, depth)
    return student.tools.peft_base(kind, **spec, dropout=dropout), inputs(given, kind, spec["n_words"])


def sizes(given, kind, classes=True, depth=None):
    """Hidden sizes for a small model of transformers."""
    return {
        "width": given.choice(SIZES[kind]),
        "wide": given.choice([26, 34, 38]),
        "n_words": given.integer(21, 25),
        "n_classes": given.integer(4, 7) if classes else None,
        "depth": depth or given.integer(2, 3),
    }


def inputs(given, kind, n_words=21, rows=3):
    """Inputs by name: pictures, or words with padding on the right."""
    if kind == "vit":
        return {"pixel_values": given.tensor(rows, 1, 8, 8)}
    ids = torch.randint(3, n_words, (rows, 7), generator=given.generator)
    mask = torch.ones_like(ids)
    mask[0, 5:] = 0
    return {"input_ids": ids.masked_fill(mask == 0, 0), "attention_mask": mask}


def in_words(layers):
    """Layers with an update, as a learner should read them."""
    if not layers:
        return "none"
    r, scale = next(iter(layers.values()))[:2]
    ends = sorted({path.rsplit(".", 1)[-1] for path in layers})
    return f"{len(layers)} layers ({', '.join(ends)}), r = {r:g}, scale {scale:.4g}"


def in_numbers(sizes):
    """Sizes of parameters, as a learner should read them."""
    return f"{sum(sizes)} numbers in {len(sizes)} parameters"


def _as_matrices(observed, expected):
    """Of logits for words only the first rows."""
    yours, right = (value.flatten(0, -2)[:6, :8] for value in (observed, expected))
    return plots.matrix("Yours and the expected", yours, right)


MATRIX = View(draws=_as_matrices)


def other_head(given, source, kind):
    """Other values for the head of a classifier, by their names in its state."""
    return {name: given.tensor(*value.shape) for name, value in source.items() if name.startswith(HEADS[kind] + ".")}


def close(one, other, atol=1e-4):
    """Whether two tensors are the same up to rounding."""
    same_shape = isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor) and one.shape == other.shape
    return same_shape and bool(torch.allclose(one, other, atol=atol, rtol=1e-4))
