"""Hidden tests of `encode_batch`."""

from grader.hidden.language_heads.setups import IDS, MATRIX
from grader.hidden.registry import hidden_test

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


class Words:
    """A vocabulary whose ids are in no order; id 0 is a word's unless `pad_first`."""

    def __init__(self, given, count=14, pad_first=False):
        self.given, self.known = given, given.names(count)
        names = [*self.known, ",", ".", "-", *SPECIAL]
        ids = given.distinct(len(names), 0, len(names) - 1)
        self.vocab = dict(zip(names, ids, strict=True))
        first = "[PAD]" if pad_first else given.choice(self.known)
        other = next(name for name, i in self.vocab.items() if i == 0)
        self.vocab[other], self.vocab[first] = self.vocab[first], 0
        self.first = first

    def text(self, count):
        """A text of known words with a capital letter here and there, single spaces between them."""
        words = [self.given.choice(self.known) for _ in range(count)]
        words[0] = words[0].capitalize()
        return " ".join(word.upper() if self.given.integer(0, 4) == 0 else word for word in words)


def both(expect, answer, what):
    """The ids and the mask of an answer."""
    expect(answer["input_ids"], f"ids of {what}", view=IDS)
    expect(answer["attention_mask"], f"mask of {what}", view=IDS)


@hidden_test(weight=3, says="How does a text become words, and what is the id of each, of the special ones, too?")
def test_words_become_ids(student, given, expect):
    """Lower case, marks on their own, unknown words, special words, ids as the vocabulary has them"""
    it = Words(given)
    a, b, c = given.names(3)
    texts = [f"{it.text(3)}, {it.text(2)}.", f"{a.capitalize()} {it.text(2)} {b}-{it.text(1)}; {c}", it.text(1)]
    both(expect, student.encode_batch(texts, it.vocab, 30), "three texts with marks and unknown words")
    both(expect, student.encode_batch([f"{it.text(2)}... {it.text(1)}"], it.vocab, 12), "one text")


@hidden_test(weight=2, says="Which positions are padding? How can you tell that from the lengths alone?")
def test_the_mask_says_what_is_padding(student, given, expect):
    """The mask leaves out the padding and nothing else, whatever the ids are"""
    it = Words(given)
    low = it.first
    texts = [f"{low} {it.text(given.integer(3, 5))} {low}", it.text(1), f"{it.text(2)} {low}"]
    both(expect, student.encode_batch(texts, it.vocab, 20), "texts with the word of id 0")
    other = Words(given, pad_first=True)
    texts = [other.text(given.integer(2, 4)), other.text(6)]
    both(expect, student.encode_batch(tuple(texts), other.vocab, 20), "texts where 0 is the id of the padding")


@hidden_test(weight=3, says="If a text is too long, what goes, and what must stay at its end?")
def test_long_texts_are_cut(student, given, expect):
    """At most max_len ids, the first words of the text between [CLS] and [SEP]; a text that just fits is not cut"""
    it = Words(given)
    most = given.integer(6, 8)
    texts = [it.text(n) for n in (most + 4, most - 2, most - 1, 2)]
    both(expect, student.encode_batch(texts, it.vocab, most), f"texts of which some are longer than {most}")
    both(expect, student.encode_batch([it.text(9)], it.vocab, 4), "one text, at most 4 ids")
    both(expect, student.encode_batch([it.text(3), it.text(2)], it.vocab, 30), "short texts, at most 30 ids")


@hidden_test(weight=2, says="On which side is the padding, and does the mask follow?")
def test_padding_on_the_left(student, given, expect):
    """On the left if that is asked for, and on the right otherwise"""
    it = Words(given)
    texts = [it.text(n) for n in given.distinct(3, 1, 7)]
    both(expect, student.encode_batch(texts, it.vocab, 8, side="left"), "texts with padding on the left")
    both(expect, student.encode_batch(texts, it.vocab, 8, side="right"), "the same with padding on the right")
    both(expect, student.encode_batch([*texts, it.text(9)], it.vocab, 6, "left"), "texts that are cut, on the left")


@hidden_test(weight=2, says="Can a model read what you return? Do the same words have the same ids next time?")
def test_a_model_can_read_it(student, given, expect):
    """A model takes the ids and the mask, both int64, and the words of other texts have the same ids"""
    it = Words(given)
    model = student.tools.peft_base("bert", None, 12, 26, 2, len(it.vocab))
    for count, what in ((2, "two texts"), (1, "another text"), (3, "three more")):
        texts = [it.text(given.integer(1, 8)) for _ in range(count)]
        answer = student.encode_batch(texts, it.vocab, 9)
        batch = {name: answer[name] for name in ("input_ids", "attention_mask")}
        types = [str(getattr(value, "dtype", type(value).__name__)) for value in batch.values()]
        expect(types, f"types of the ids and of the mask ({what})")
        expect(student.tools.peft_logits(model, batch), f"logits of a BERT for {what}", atol=1e-4, view=MATRIX)
    both(expect, student.encode_batch(["", it.text(2)], it.vocab, 9), "a text without words, and another one")
