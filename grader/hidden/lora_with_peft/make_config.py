"""Hidden tests of `make_config`."""

from grader.hidden.lora_with_peft.setups import MATRIX, in_numbers, in_words, transformer
from grader.hidden.registry import hidden_test
from grader.student.views import View


def look(student, given, expect, kind, where, classes=True, r=None, alpha=None, depth=None):
    """What PEFT makes of a model with the answer's configuration."""
    model, batch = transformer(student, given, kind, classes, depth)
    r = r or given.choice([2, 3, 5])
    alpha = alpha or given.choice([7, 8, 13, 4.5])
    config = student.make_config(model, r, alpha, where)
    adapted = student.tools.peft_adapted(model, config)
    here = f"{kind}, {where}"
    expect(student.tools.peft_layers(adapted), f"layers with an update ({here})", view=View(in_words))
    besides = student.tools.peft_besides(adapted)
    expect(besides, f"what learns besides the updates ({here})", view=View(in_numbers))
    filled = student.tools.peft_filled(adapted)
    logits = student.tools.peft_logits(filled, batch)
    expect(logits, f"logits with other factors ({here})", atol=1e-4, rtol=1e-4, view=MATRIX)
    return model, adapted


@hidden_test(weight=2, says="Which three projections does every attention block of this model have?")
def test_attention_with_three_projections(student, given, expect):
    """Attention: queries, keys and values of every block in BERT and Llama"""
    look(student, given, expect, "bert", "attention", depth=3)
    look(student, given, expect, "llama", "attention")


@hidden_test(weight=2, says="What are the attention layers called in this version of this model?")
def test_attention_under_other_names(student, given, expect):
    """Attention: the fused layer of GPT-2, and the projections of a vision transformer"""
    look(student, given, expect, "gpt2", "attention", depth=3)
    look(student, given, expect, "vit", "attention")


@hidden_test(weight=3, says="Which linear layers has the body, and what is not part of it?")
def test_all_linear_layers_of_the_body(student, given, expect):
    """All: every linear layer of the body, and the head learns as a whole, without an update"""
    for kind in ("bert", "gpt2", "llama", "vit"):
        look(student, given, expect, kind, "all")


@hidden_test(weight=2, says="Is the head of a language model new?")
def test_heads_of_language_models(student, given, expect):
    """The head of a language model gets no update and stays frozen"""
    for kind, where in (("bert", "all"), ("gpt2", "attention"), ("llama", "all"), ("bert", "attention")):
        look(student, given, expect, kind, where, classes=False)


@hidden_test(weight=2, says="How strong is the update? What does LoRA divide alpha by?")
def test_rank_and_scale(student, given, expect):
    """The rank is r and the scale alpha / r, for ranks larger than a layer and for an alpha that is not whole"""
    look(student, given, expect, "bert", "attention", r=40, alpha=given.choice([6, 10]))
    look(student, given, expect, "gpt2", "all", r=1, alpha=given.choice([0.3, 2.7]))
    look(student, given, expect, "llama", "attention", r=4, alpha=given.choice([1, 3]))


@hidden_test(weight=1, says="Does your function change the model that it looks at?")
def test_only_reads_the_model(student, given, expect):
    """The model is only read: its numbers, what can learn and its layers stay as they were"""
    kind = given.choice(["bert", "llama"])
    model, batch = transformer(student, given, kind)
    before, learn = model.tensors(), student.tools.peft_flags(model)
    logits = student.tools.peft_logits(model, batch)
    configs = [student.make_config(model, 3, 5, where) for where in ("attention", "all", "attention")]
    expect(model.tensors(), "the model's numbers afterwards", equals=before)
    expect(student.tools.peft_flags(model), "which parameters can learn afterwards", equals=learn)
    expect(student.tools.peft_logits(model, batch), "logits of the model afterwards", equals=logits)
    for config, time in zip(configs, ("first", "second", "third"), strict=True):
        filled = student.tools.peft_filled(student.tools.peft_adapted(model, config))
        told = student.tools.peft_logits(filled, batch)
        expect(told, f"logits with other factors, asked a {time} time", atol=1e-4, rtol=1e-4, view=MATRIX)
