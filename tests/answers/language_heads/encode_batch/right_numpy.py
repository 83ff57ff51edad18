# The mask from the lengths, in numpy
import numpy as np


def encode_batch(texts, vocab, max_len, side="right"):
    from collections import defaultdict

    lookup = defaultdict(lambda: vocab["[UNK]"], vocab)
    rows = []
    for text in texts:
        words = re.findall(r"\w+|[^\w\s]+", text.lower())
        while len(words) > max_len - 2:
            words.pop()
        rows.append([lookup[w] for w in ["[CLS]", *words, "[SEP]"]])
    lengths = np.array([len(r) for r in rows])
    n = lengths.max()
    place = np.arange(n)[None]
    mask = place < lengths[:, None] if side == "right" else place >= n - lengths[:, None]
    ids = np.full(mask.shape, vocab["[PAD]"], dtype=np.int64)
    ids[mask] = np.concatenate(rows)
    return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask.astype(np.int64))}
