"""Hidden tests of `deploy`."""

from grader.hidden.lora_with_peft.setups import ATTENTION, HEADS, MATRIX, close, inputs, sizes
from grader.hidden.registry import hidden_test

ROUNDING = 1e-4
"""Tolerance, relative to the largest logit. Over ten seeds of five models, merging changes at most 2.7e-6."""


class Adapted:
    """An adapted model with hidden factors (and head), in eval mode; the logits that it gives."""

    def __init__(self, student, given, kind, classes=True, targets=None, dropout=0.0):
        self.student, self.given, self.kind = student, given, kind
        self.spec = sizes(given, kind, classes)
        base, self.batch = student.tools.peft_base(kind, **self.spec, dropout=dropout), self.fresh()
        self.names = sorted(student.tools.peft_parameters(base))
        task = ("CAUSAL_LM" if kind != "bert" else None) if not classes else "SEQ_CLS" if kind != "vit" else None
        heads = [HEADS[kind]] if kind == "vit" else None
        config = student.tools.peft_config.kept(
            task, targets or ATTENTION[kind], given.choice([2, 3]), given.choice([5, 7.5]), heads
        )
        self.model = student.tools.peft_filled(student.tools.peft_adapted(base, config))
        self.told = student.tools.peft_logits(self.model, self.batch)

    def fresh(self):
        """Inputs that nobody was asked about before: what was said earlier is of no use."""
        return inputs(self.given, self.kind, self.spec["n_words"])

    def logits(self, model, **how):
        """What a model says of fresh inputs."""
        return self.student.tools.peft_logits(model, self.fresh(), **how)

    def same(self, logits):
        """Whether logits are those of the adapted model up to rounding."""
        return close(logits, self.told, ROUNDING * float(self.told.abs().max()))


def at(it):
    """The absolute tolerance for logits of this model."""
    return {"atol": ROUNDING * float(it.told.abs().max()), "rtol": ROUNDING, "view": MATRIX}


@hidden_test(weight=3, says="Does the deployed model hold the adaptation, and nothing of PEFT?")
def test_a_plain_model_with_the_same_answers(student, given, expect):
    """The deployed model answers as the adapted one, and has the base's parameters and no others"""
    for kind in ("bert", given.choice(["gpt2", "llama"])):
        it = Adapted(student, given, kind)
        plain = student.deploy(it.model)
        expect(it.logits(plain), f"logits of the deployed {kind}", **at(it))
        parameters = student.tools.peft_parameters(plain)
        expect.that(sorted(parameters) == it.names, f"its parameters have the names of those of the base ({kind})")
        again = student.tools.peft_base(kind, **it.spec, state=parameters)
        expect(it.logits(again), f"logits of another {kind} that is given these parameters", **at(it))


@hidden_test(weight=2, says="Is the adapted model still there, and does it still learn?")
def test_the_adapted_model_still_works(student, given, expect):
    """The adapted model goes on as before: it answers the same, it can learn, and the deployed one does not follow"""
    it = Adapted(student, given, given.choice(["bert", "llama"]))
    plain = student.deploy(it.model)
    layers = student.tools.peft_layers(it.model)
    expect.that(bool(layers), "the adapted model has its updates still")
    expect(it.logits(it.model), "logits of the adapted model", **at(it))
    student.tools.peft_filled(it.model, 0.5)
    later = student.tools.peft_logits(it.model, it.batch)
    expect.that(not it.same(later), "with other factors the adapted model answers otherwise")
    expect(it.logits(plain), "logits of the deployed model then", **at(it))
    second = student.deploy(it.model)
    expect(it.logits(second), "logits if deployed again", **at(it))


@hidden_test(weight=2, says="What does transformers load again from what the deployed model saves?")
def test_saved_and_loaded_by_transformers(student, given, expect):
    """Saved and loaded again by transformers alone, it gives the same answers"""
    for kind in ("vit", "gpt2"):
        it = Adapted(student, given, kind)
        plain = student.deploy(it.model)
        loaded = student.tools.peft_reloaded(plain)
        expect(it.logits(loaded), f"logits after loading ({kind})", **at(it))
    # The output layer has no update here: it is tied still, and the file has one tensor for both.
    it = Adapted(student, given, "gpt2", classes=False, targets=ATTENTION["gpt2"])
    loaded = student.tools.peft_reloaded(student.deploy(it.model))
    expect(it.logits(loaded), "logits after loading (GPT-2 as a language model)", **at(it))


@hidden_test(weight=1, says="In which mode is a model that is used?")
def test_eval_mode(student, given, expect):
    """It is in eval mode, and the mode of the adapted model is left alone"""
    it = Adapted(student, given, "bert", dropout=0.4)
    it.model.mode(True)
    plain = student.deploy(it.model)
    logits = it.logits(plain, as_it_is=True)
    expect(logits, "logits, as the model is returned", **at(it))
    dropped = [student.tools.peft_logits(it.model, it.batch, as_it_is=True) for _ in range(2)]
    expect.that(not close(*dropped), "the adapted model drops out still")


@hidden_test(weight=3, says="Which other layer uses the tensor that the update was added to?")
def test_a_tied_output_layer(student, given, expect):
    """A language model whose output layer was adapted and is tied to the embedding gives the same answers"""
    for kind in ("gpt2", "llama"):
        it = Adapted(student, given, kind, classes=False, targets=["lm_head", *ATTENTION[kind]])
        plain = student.deploy(it.model)
        what = f"tied {kind}"
        expect(it.logits(plain), f"logits of the deployed, {what}", **at(it))
        expect(it.logits(it.model), f"logits of the adapted, {what}", **at(it))
        # transformers loads it rightly either way, if the file has both tensors. Others who read the config do not.
        told = [student.tools.peft_tied(model) for model in (plain, it.model)]
        expect(told, f"what the configs of the deployed and of the adapted say: tied, {what}")
        loaded = student.tools.peft_reloaded(plain)
        expect(it.logits(loaded), f"logits after loading, {what}", **at(it))
