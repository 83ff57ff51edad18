# torch's own padding, and a BatchEncoding of transformers
from torch.nn.utils.rnn import pad_sequence


def ids_of(text, vocab, max_len):
    words = ["[CLS]"] + re.findall(r"\w+|[^\w\s]+", text.lower())[: max_len - 2] + ["[SEP]"]
    return torch.tensor([vocab[w] if w in vocab else vocab["[UNK]"] for w in words])


def encode_batch(texts, vocab, max_len, side="right"):
    rows = [ids_of(text, vocab, max_len) for text in texts]
    ids = pad_sequence(rows, batch_first=True, padding_value=vocab["[PAD]"], padding_side=side)
    mask = pad_sequence([torch.ones_like(r) for r in rows], batch_first=True, padding_side=side)
    return transformers.BatchEncoding({"input_ids": ids, "attention_mask": mask})
