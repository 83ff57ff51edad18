# Two int64 tensors: here the ids are int32
def encode_batch(texts, vocab, max_len, side="right"):
    rows = []
    for text in texts:
        words = re.findall(r"\w+|[^\w\s]+", text.lower())[: max_len - 2]
        rows.append([vocab.get(word, vocab["[UNK]"]) for word in ["[CLS]", *words, "[SEP]"]])
    longest = max(len(row) for row in rows)
    ids, mask = [], []
    for row in rows:
        n = longest - len(row)
        pad = [vocab["[PAD]"]] * n
        ids.append(row + pad if side == "right" else pad + row)
        mask.append([1] * len(row) + [0] * n if side == "right" else [0] * n + [1] * len(row))
    return {"input_ids": torch.tensor(ids, dtype=torch.int32), "attention_mask": torch.tensor(mask)}
