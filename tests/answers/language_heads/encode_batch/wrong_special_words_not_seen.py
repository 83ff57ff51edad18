# The mask has 1 at the special words: here [CLS] is left out
def encode_batch(texts, vocab, max_len, side="right"):
    rows = []
    for text in texts:
        words = re.findall(r"\w+|[^\w\s]+", text.lower())[: max_len - 2]
        rows.append([vocab.get(w, vocab["[UNK]"]) for w in ["[CLS]", *words, "[SEP]"]])
    longest = max(len(row) for row in rows)
    ids, mask = [], []
    for row in rows:
        gap = longest - len(row)
        pads, zeros, ones = [vocab["[PAD]"]] * gap, [0] * gap, [0] + [1] * (len(row) - 1)
        ids.append(row + pads if side == "right" else pads + row)
        mask.append(ones + zeros if side == "right" else zeros + ones)
    return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}
