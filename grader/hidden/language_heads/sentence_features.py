"""Hidden tests of `sentence_features`."""

import torch

from grader.hidden.language_heads.setups import MATRIX, SAYS, sizes, words
from grader.hidden.registry import hidden_test

CLOSE = {"atol": 1e-4, "rtol": 1e-4, "view": MATRIX}


def look(student, given, expect, kind, how, side="right", lengths=(6, 3, 1, 4), extra=0, n_classes=None):
    """The features of some texts."""
    spec = sizes(given, kind, n_classes)
    model = student.tools.peft_base(kind, **spec)
    batch = words(given, spec["n_words"], lengths, side, extra)
    features = student.sentence_features(model, batch, how)
    expect(features, f"features ({SAYS[kind]}, {how}, padding on the {side})", **CLOSE)


@hidden_test(weight=3, says="Which positions go into the mean, and by which number is their sum divided?")
def test_mean_over_the_words(student, given, expect):
    """The mean leaves the padding out, and nothing else"""
    look(student, given, expect, "bert", "mean", extra=given.integer(1, 3))
    look(student, given, expect, "llama", "mean")
    spec = sizes(given, "gpt2")
    batch = words(given, spec["n_words"], (5, 2, 7))
    features = student.sentence_features(student.tools.peft_base("gpt2", **spec), {**batch, "labels": torch.arange(3)})
    expect(features, "features (GPT-2, without a word about how)", **CLOSE)


@hidden_test(weight=3, says="At which position does each text end?")
def test_the_last_word(student, given, expect):
    """The last position that is no padding, for each text its own"""
    look(student, given, expect, "gpt2", "last", extra=given.integer(0, 2))
    look(student, given, expect, "llama", "last", lengths=(2, 7, 5))
    look(student, given, expect, "bert", "last", lengths=(given.integer(3, 7),))


@hidden_test(weight=3, says="What does a model count as the first position if the padding is in front?")
def test_padding_on_the_left(student, given, expect):
    """Padding on the left changes nothing, for models that count positions from the left, too"""
    look(student, given, expect, "gpt2", "last", "left", lengths=(2, 6, 4))
    look(student, given, expect, "bert", "mean", "left", lengths=(3, 7))
    look(student, given, expect, "llama", "mean", "left", lengths=(5, 1, 4))


@hidden_test(weight=2, says="Is dropout off while you ask, and what about afterwards?")
def test_dropout_and_modes(student, given, expect):
    """Dropout is off, and afterwards each part of the model is in the mode in which it was"""
    spec = sizes(given, "bert")
    model = student.tools.peft_base("bert", **spec, dropout=0.4)
    model.mode(True)
    student.tools.mode(student.tools.part(model, "bert.embeddings"), False)
    batch = words(given, spec["n_words"], (5, 3, 4))
    expect(student.sentence_features(model, batch), "features of a model in train mode", **CLOSE)
    told = student.tools.peft_logits(model, words(given, spec["n_words"], (4, 6)), as_it_is=True)
    expect(told, "logits of the model afterwards, as it is", **CLOSE)
    expect(student.sentence_features(model, batch, "last"), "features asked for again", **CLOSE)


@hidden_test(weight=2, says="Which part of the model was pretrained, and which may be random?")
def test_only_the_body(student, given, expect):
    """The hidden states of the body: neither head nor pooler, in the precision of the model"""
    n_classes = given.integer(3, 6)
    spec = sizes(given, "bert", n_classes)
    model = student.tools.peft_base("bert", **spec)
    batch = words(given, spec["n_words"], (3, 6, 2))
    expect(student.sentence_features(model, batch), "features of a BERT with a pooler and a head", **CLOSE)
    body = student.tools.part(model, "bert")
    expect(student.sentence_features(body, batch, "last"), "features of a body alone", **CLOSE)
    spec = sizes(given, "gpt2", n_classes)
    double = student.tools.language_precision(student.tools.peft_base("gpt2", **spec), "float64")
    batch = words(given, spec["n_words"], (4, 6), "left")
    features = student.sentence_features(double, batch)
    # A share such as 1 / 3 in single precision is a fair way to the mean: it moves the features by less than 1e-7.
    expect(features, "features in double precision", atol=1e-6, rtol=1e-6, view=MATRIX)
    expect(str(getattr(features, "dtype", "none")), "precision of these features")
    brief = student.tools.language_precision(student.tools.peft_base("gpt2", **spec), "bfloat16")
    for how in ("mean", "last"):
        features = student.sentence_features(brief, batch, how)
        expect(str(getattr(features, "dtype", "none")), f"precision of the features of a model in bfloat16 ({how})")
