"""Public check of `encode_batch`."""

import torch

from tlcore import plots

VOCAB = {"[PAD]": 7, "wheat": 0, "rose": 1, "[CLS]": 2, "fell": 3, ",": 4, "[SEP]": 5, "in": 6, "[UNK]": 8, "ghana": 9}


def check(encode_batch, show):
    def ask(texts, *rest, **more):
        found = encode_batch(texts, VOCAB, *rest, **more)
        if not isinstance(found, dict | type(None)) and hasattr(found, "keys"):
            found = dict(found)
        kept = found if isinstance(found, dict) else {}
        return [rows(kept.get(name)) for name in ("input_ids", "attention_mask")]

    show.tried('`encode_batch(["Wheat rose, wheat", "Rye fell"], vocab, 10)` with [PAD] 7, wheat 0, rye not known')
    ids, mask = ask(["Wheat rose, wheat", "Rye fell"], 10)
    returned = "A dict with the tensors input_ids and attention_mask. Is there a `return`?"
    if not show.that(bool(ids) and bool(mask), "it returns ids and a mask", teach=returned):
        show.picture(plots.matrix("The mask", [[0.0]]))
        show.untried("everything that comes after it")
        return
    long = "Pad to the longest text of the batch, not to max_len."
    lower = "Lower case, marks on their own, [UNK] for rye; [CLS] in front, [SEP] behind, then [PAD]."
    show.expect("the ids", ids, [[2, 0, 1, 4, 0, 5], [2, 8, 3, 5, 7, 7]], teach=long if _width(ids) > 6 else lower)
    told = [[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]]
    show.picture(plots.matrix("The mask: which positions are read", mask, told))
    show.expect("the mask", mask, told, teach="1 for each id of a text, whatever its number, and 0 for the padding.")
    types = [str(encode_batch(["in ghana"], VOCAB, 5)[name].dtype) for name in ("input_ids", "attention_mask")]
    show.expect("the types of the tensors", types, ["torch.int64"] * 2, teach="Whole numbers, int64.")
    show.tried("the same with at most 5 ids")
    ids, mask = ask(["Wheat rose, wheat", "Rye fell"], 5)
    cut = "[CLS] and [SEP] need room: cut the words to max_len - 2, then put both around them."
    fits = _width(ids) == 5 and ids[0][-1] == 5
    show.expect("the ids", ids, [[2, 0, 1, 4, 5], [2, 8, 3, 5, 7]], teach=lower if fits else cut)
    show.tried('one short text and side="left"')
    ids, mask = ask(["Ghana", "wheat fell in Ghana"], 10, side="left")
    front = "Padding in front, the text behind it."
    fits = _width(ids) == 6 and ids[0][:3] == [7, 7, 7]
    wanted = [[7, 7, 7, 2, 9, 5], [2, 0, 3, 6, 9, 5]]
    show.expect("the ids", ids, wanted, teach=lower if fits else long if _width(ids) > 6 else front)
    show.expect("the mask", mask, [[0, 0, 0, 1, 1, 1], [1] * 6], teach="The mask moves with the ids.")
    show.untried("a text without words, other vocabularies, and whether a model can read it")


def _width(ids):
    """How many ids the first row has."""
    return len(ids[0]) if isinstance(ids, list) and ids and isinstance(ids[0], list) else 0


def rows(value):
    """A tensor as lists of numbers."""
    return value.tolist() if isinstance(value, torch.Tensor) else value
