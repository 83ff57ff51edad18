# the tokenizers library, with truncation and padding of its own
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors


def encode_batch(texts, vocab, max_len, side="right"):
    tok = Tokenizer(models.WordLevel(vocab, unk_token="[UNK]"))
    tok.normalizer = normalizers.Lowercase()
    tok.pre_tokenizer = pre_tokenizers.Whitespace()
    tok.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", vocab["[CLS]"]), ("[SEP]", vocab["[SEP]"])]
    )
    tok.enable_truncation(max_len)
    tok.enable_padding(direction=side, pad_id=vocab["[PAD]"], pad_token="[PAD]")
    found = tok.encode_batch(list(texts))
    return {
        "input_ids": torch.tensor([e.ids for e in found]),
        "attention_mask": torch.tensor([e.attention_mask for e in found]),
    }
