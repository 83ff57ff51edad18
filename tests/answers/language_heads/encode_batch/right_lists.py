# plain lists
def encode_batch(texts, vocab, max_len, side="right"):
    unknown, pad = vocab["[UNK]"], vocab["[PAD]"]
    ids = []
    for text in texts:
        words = re.findall(r"\w+|[^\w\s]+", text.lower())
        row = [vocab.get(w, unknown) for w in words][: max_len - 2]
        ids.append([vocab["[CLS]"]] + row + [vocab["[SEP]"]])
    width = max(map(len, ids))
    if side == "left":
        mask = [[0] * (width - len(r)) + [1] * len(r) for r in ids]
        ids = [[pad] * (width - len(r)) + r for r in ids]
    else:
        mask = [[1] * len(r) + [0] * (width - len(r)) for r in ids]
        ids = [r + [pad] * (width - len(r)) for r in ids]
    return dict(input_ids=torch.LongTensor(ids), attention_mask=torch.LongTensor(mask))
