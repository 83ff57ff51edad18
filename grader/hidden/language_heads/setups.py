"""Set-ups that several questions of language_heads share."""

import torch

from grader.student.views import View
from tlcore import plots

SIZES = {"bert": (12, 20, 24), "gpt2": (12, 20, 28), "llama": (16, 24, 32)}
"""Widths that the attention heads of each kind divide."""
SAYS = {"bert": "BERT", "gpt2": "GPT-2", "llama": "Llama"}
"""The kinds, as a learner reads them."""


def sizes(given, kind, n_classes=None, depth=None):
    """Hidden sizes for a small model of transformers; with n_classes a classifier."""
    return {
        "width": given.choice(SIZES[kind]),
        "wide": given.choice([26, 34, 38]),
        "n_words": given.integer(21, 25),
        "n_classes": n_classes,
        "depth": depth or given.integer(2, 3),
    }


def words(given, n_words, lengths, side="right", extra=0):
    """Word ids and mask of texts of these lengths, padded on one side to the longest and by `extra` beyond. In place of
    words the padding has other ids, which must not matter, except on the right, where id 0 is what GPT-2's classifier
    looks for."""
    longest = max(lengths) + extra
    ids = torch.zeros(len(lengths), longest, dtype=torch.int64)
    mask = torch.zeros(ids.shape, dtype=torch.int64)
    for row, length in enumerate(lengths):
        where = slice(0, length) if side == "right" else slice(longest - length, longest)
        ids[row, where] = torch.randint(3, n_words, (length,), generator=given.generator)
        mask[row, where] = 1
    return {"input_ids": ids, "attention_mask": mask}


def _as_matrices(observed, expected):
    """The first rows and columns of yours and of the expected."""
    yours, right = (value.flatten(0, -2).float()[:8, :12] for value in (observed, expected))
    return plots.matrix("Yours and the expected", yours, right)


def _in_numbers(value):
    """A table of numbers, as a learner should read it."""
    numbers = ", ".join(f"{number:.3g}" for number in value.flatten()[:4].tolist())
    return f"{numbers}, … (shape {' × '.join(map(str, value.shape))})"


MATRIX = View(says=_in_numbers, draws=_as_matrices)


def _whole_numbers(value):
    """Ids or a mask, row by row, as a learner should read them."""
    rows = [" ".join(str(int(number)) for number in row[:12].tolist()) for row in value[:3]]
    return f"{' | '.join(rows)} (shape {' × '.join(map(str, value.shape))})"


IDS = View(says=_whole_numbers, draws=_as_matrices)


class Pins:
    """Hidden values for what a new head draws at random: the head, and the pooler if the base has none."""

    def __init__(self, student, given, spec, n_classes, pooler=True):
        self.student = student
        self.head, self.bias = given.tensor(n_classes, spec["width"]), given.tensor(n_classes)
        self.pooler = given.tensor(spec["width"], spec["width"]) / spec["width"] ** 0.5 if pooler else None

    def on(self, model):
        """The model with these values."""
        return self.student.tools.language_pin(model, self.head, self.bias, self.pooler)
