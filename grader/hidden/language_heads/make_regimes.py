"""Hidden tests of `make_regimes`."""

from grader.hidden.language_heads.setups import MATRIX, SAYS, Pins, sizes, words
from grader.hidden.registry import hidden_test
from grader.student.views import View

CLOSE = {"atol": 2e-4, "rtol": 2e-4, "view": MATRIX}
PRETRAINED = ("features", "partial", "lora", "full")
RANDOM = ("scratch", "random")


def _on_average(spread):
    """The spread of the weights, as a learner should read it."""
    return f"{sum(float(value) for value in spread.values()) / len(spread):.3f} on average"


class Regimes:
    """A pretrained language model and what the answer makes of it. `pinned` gives the new parts known values."""

    def __init__(self, student, given, kind, dropout=0.0, frozen=False):
        self.student, self.given, self.kind = student, given, kind
        self.spec = sizes(given, kind, depth=2)
        self.labels = given.names(given.integer(3, 5))
        self.pins = Pins(student, given, self.spec, len(self.labels))
        self.base = student.tools.peft_base(kind, **self.spec, dropout=dropout)
        if frozen:
            student.tools.trainable(self.base, False)
        self.models = student.make_regimes(self.base, self.labels)

    def pinned(self, name):
        """The model of a regime, with a known head and pooler."""
        return self.pins.on(self.models[name])

    def known_body(self, name):
        """The model of a regime with random weights, with known ones in their place."""
        other = self.student.tools.peft_base(self.kind, **{**self.spec, "n_classes": len(self.labels)})
        state = self.student.tools.peft_parameters(other)
        return self.pins.on(self.student.tools.language_load(self.models[name], state))

    def fresh(self):
        """Texts that nobody was asked about before."""
        return words(self.given, self.spec["n_words"], (5, 2, 4))

    def logits(self, model, **how):
        """What a model says of fresh texts."""
        return self.student.tools.peft_logits(model, self.fresh(), **how)

    def learn(self, name):
        """Two steps of one regime, on texts and labels of its own."""
        labels = self.given.labels(3, len(self.labels))
        self.student.tools.language_train(self.models[name], self.fresh(), labels, steps=2, lr=0.1)

    def stays(self, expect, name, start, while_learning):
        """Whether no number of a regime has changed."""
        now = self.student.tools.peft_parameters(self.models[name])
        same = now.keys() == start[name].keys() and all(bool((now[n] == start[name][n]).all()) for n in now)
        expect.that(same, f"{name} stays, while {while_learning} learned")

    def after_training(self, expect, name, model):
        """What two steps make of a model."""
        labels = self.given.labels(3, len(self.labels))
        self.student.tools.language_train(model, self.fresh(), labels, steps=2, lr=0.1)
        expect(self.logits(model), f"logits after two steps ({name}, {SAYS[self.kind]})", **CLOSE)


@hidden_test(weight=3, stand_ins=("new_task_head",), says="From which weights does each model start, and which head?")
def test_one_start_for_all_that_is_pretrained(student, given, expect):
    """The four pretrained models give the same answers at first: the same body, the same head, an update of zero"""
    it = Regimes(student, given, "bert")
    batch = it.fresh()
    told = {name: student.tools.peft_logits(it.models[name], batch) for name in PRETRAINED}
    for name in PRETRAINED[1:]:
        near = told[name].shape == told["full"].shape and bool((told[name] - told["full"]).abs().max() < 1e-4)
        expect.that(near, f"{name} starts with the answers of full")
    heads = [student.tools.language_head(it.models[name]) for name in ("full", "scratch", "random")]
    same = all(head.shape == heads[0].shape and bool((head - heads[0]).abs().max() < 1e-6) for head in heads)
    expect.that(same, "the models with random weights have the same head")
    for name in PRETRAINED:
        expect(it.logits(it.pinned(name)), f"logits with a known head ({name})", **CLOSE)


@hidden_test(weight=3, stand_ins=("new_task_head",), says="What learns if the body is frozen, and what in partial?")
def test_features_and_partial(student, given, expect):
    """Frozen: only the head learns. Partial: the last block learns, and all that comes after it"""
    it = Regimes(student, given, given.choice(["gpt2", "llama"]))
    for name in ("features", "partial"):
        it.after_training(expect, name, it.pinned(name))
    expect.that(all(student.tools.peft_flags(it.base).values()), "the base can learn what it could")


@hidden_test(weight=2, stand_ins=("new_task_head",), says="Which layers have an update, and what else can learn?")
def test_lora(student, given, expect):
    """LoRA: updates on the attention that start at zero, and the head; the body itself stays as it is"""
    it = Regimes(student, given, given.choice(["bert", "gpt2"]))
    student.tools.language_fill(it.pinned("lora"))
    expect(it.logits(it.models["lora"]), f"logits with other factors ({SAYS[it.kind]})", **CLOSE)
    it.after_training(expect, "lora", it.models["lora"])


@hidden_test(weight=3, stand_ins=("new_task_head",), says="Where do random weights come from? Which model learns?")
def test_random_weights(student, given, expect):
    """Scratch and random start from one draw of random weights; one learns as a whole, of the other only the head"""
    it = Regimes(student, given, given.choice(["gpt2", "llama"]))
    before = student.tools.language_spread(it.base)
    drawn = [student.tools.language_spread(it.models[name]) for name in ("scratch", "random")]
    for found, name in zip(drawn, ("scratch", "random"), strict=True):
        expect(found, f"spread of the weights ({name})", atol=6e-3, rtol=0.0, view=View(_on_average))
    expect.that(all(name in drawn[0] for name in before), "all of the body is there")
    own, new = (student.tools.peft_parameters(model) for model in (it.base, it.models["scratch"]))
    taken = sorted(
        n for n in own.keys() & new.keys() if own[n].shape == new[n].shape and bool((own[n] == new[n]).all())
    )
    expect(taken, "weights that scratch has from the base", equals=[])
    batch = it.fresh()
    told = [student.tools.peft_logits(it.pinned(name), batch) for name in ("scratch", "random")]
    close = told[0].shape == told[1].shape and bool((told[0] - told[1]).abs().max() < 1e-4)
    expect.that(close, "scratch and random have the same random weights")
    for name in ("scratch", "random"):
        it.after_training(expect, name, it.known_body(name))


@hidden_test(weight=2, stand_ins=("new_task_head",), says="Does everything learn, the embeddings too? What is shared?")
def test_full_and_nothing_shared(student, given, expect):
    """Full: everything learns, whatever the base's flags are. While one model learns, the others and the base stay"""
    it = Regimes(student, given, "bert", dropout=0.3, frozen=True)
    for name in PRETRAINED:
        expect(it.logits(it.pinned(name), as_it_is=True), f"logits with a known head, as it is ({name})", **CLOSE)
    for name in RANDOM:
        batch = it.fresh()
        as_it_is, quiet = (student.tools.peft_logits(it.models[name], batch, as_it_is=flag) for flag in (True, False))
        close = as_it_is.shape == quiet.shape and bool((as_it_is - quiet).abs().max() < 1e-4)
        expect.that(close, f"{name} is in eval mode")
    start = {name: student.tools.peft_parameters(it.models[name]) for name in RANDOM}
    it.after_training(expect, "full", it.models["full"])
    it.stays(expect, "scratch", start, "full")
    it.learn("scratch")
    it.stays(expect, "random", start, "full and scratch")
    it.learn("random")
    it.after_training(expect, "partial", it.models["partial"])
    it.after_training(expect, "features, while others have learned", it.models["features"])
    expect(it.logits(it.models["lora"]), "logits of lora, while others have learned", **CLOSE)
    it.learn("lora")
    expect(it.logits(it.models["features"]), "logits of features, while lora has learned", **CLOSE)
    expect(it.logits(it.base), "logits of the base", **CLOSE)
    loaded = student.tools.peft_reloaded(it.base)
    expect(it.logits(loaded), "logits of the base, saved and loaded again", **CLOSE)
