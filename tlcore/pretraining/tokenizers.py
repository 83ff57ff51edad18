"""Word-level tokenizers of the `tokenizers` library, in transformers' own class."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


def bert_tokenizer(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """Lower case, one id for each word, `[CLS]` in front and `[SEP]` behind, padding on the right."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    return _word_level(
        texts,
        special,
        begin="[CLS]",
        end="[SEP]",
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def causal_tokenizer(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """The same for causal models: `<s>` in front and `</s>` behind, padding on the right."""
    special = ["<pad>", "<s>", "</s>", "<unk>"]
    return _word_level(
        texts,
        special,
        begin="<s>",
        end="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        bos_token="<s>",
        eos_token="</s>",
    )


def _word_level(
    texts: Iterable[str], special: list[str], begin: str, end: str, **named: str
) -> PreTrainedTokenizerFast:
    """Ids: the special words in their order, then all others in alphabetical order."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    normalizer, splitter = normalizers.Lowercase(), pre_tokenizers.Whitespace()
    words = {word for text in texts for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text))}
    vocabulary = {word: i for i, word in enumerate([*special, *sorted(words)])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=named["unk_token"]))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = splitter
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} $B:1 {end}:1",
        special_tokens=[(begin, vocabulary[begin]), (end, vocabulary[end])],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=32, clean_up_tokenization_spaces=False, **named
    )
