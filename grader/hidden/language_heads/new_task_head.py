"""Hidden tests of `new_task_head`."""

from grader.hidden.language_heads.setups import MATRIX, SAYS, Pins, sizes, words
from grader.hidden.registry import hidden_test

CLOSE = {"atol": 1e-4, "rtol": 1e-4, "view": MATRIX}


class Task:
    """A pretrained model, class names in no order of the alphabet, and the classifier that the answer makes."""

    def __init__(self, student, given, kind, n_labels=None, n_classes=None, **how):
        self.student, self.given, self.kind = student, given, kind
        self.spec = sizes(given, kind, n_classes, depth=2)
        self.labels = given.names(n_labels or given.integer(3, 6))
        self.pins = Pins(student, given, self.spec, len(self.labels), pooler=not n_classes)
        self.model = student.tools.peft_base(kind, **self.spec, dropout=how.get("dropout", 0.0))

    def ask(self):
        """The answer's classifier, with a known head."""
        return self.pins.on(self.student.new_task_head(self.model, self.labels))

    def fresh(self, *lengths):
        """Texts that nobody was asked about before."""
        return words(self.given, self.spec["n_words"], lengths or (5, 2, 4))

    def logits(self, model, **how):
        """What a model says of fresh texts."""
        return self.student.tools.peft_logits(model, self.fresh(), **how)


def by_name(it, expect, model, what):
    """The logits by the names that the config has for them."""
    columns = it.student.tools.language_by_name(model, it.fresh(), sorted(it.labels))
    for told, source in zip(columns, ("id2label", "label2id"), strict=True):
        expect(told, f"logits by the names in {source} ({what})", **CLOSE)


@hidden_test(weight=3, says="Is the body the pretrained one, every layer of it, and the head as large as the task?")
def test_the_body_is_kept(student, given, expect):
    """The body has the weights of the model, and the head one output for each label"""
    for kind in ("bert", "gpt2", "llama"):
        it = Task(student, given, kind)
        expect(it.logits(it.ask()), f"logits with a known head ({SAYS[kind]})", **CLOSE)


@hidden_test(weight=3, says="Which name does each class have, in both maps, before saving and after loading?")
def test_names_and_reloading(student, given, expect):
    """Both maps have the names in the given order, and saved and loaded again the classifier is the same"""
    for kind, count in (("bert", 12), (given.choice(["gpt2", "llama"]), 4)):
        it = Task(student, given, kind, count)
        classifier = it.ask()
        by_name(it, expect, classifier, SAYS[kind])
        loaded = student.tools.peft_reloaded(classifier)
        by_name(it, expect, loaded, f"{SAYS[kind]}, loaded again")


@hidden_test(weight=2, says="Which loss does the classifier compute, and over how many classes?")
def test_the_loss_is_that_of_a_classifier(student, given, expect):
    """The loss is the cross-entropy over the labels, for two classes, too, whatever the model was used for before"""
    for kind, count, former in (("gpt2", 2, None), ("bert", 5, "multi_label_classification"), ("llama", 3, None)):
        it = Task(student, given, kind, count)
        if former:
            student.tools.language_setting(it.model, "problem_type", former)
        told = student.tools.language_loss(it.ask(), it.fresh(4, 3, 5, 2), given.labels(4, count))
        expect(told, f"loss and its gradient for the head ({SAYS[kind]}, {count} classes)", **CLOSE)


@hidden_test(weight=2, says="What does the new classifier share with the model that you were given?")
def test_the_model_stays_as_it_is(student, given, expect):
    """The model answers, trains and is saved as before, while the classifier learns"""
    it = Task(student, given, given.choice(["bert", "llama"]), n_classes=given.integer(6, 8))
    classifier = it.ask()
    student.tools.language_train(classifier, it.fresh(), given.labels(3, len(it.labels)), lr=0.2)
    expect(it.logits(it.model), "logits of the model, while the classifier has learned", **CLOSE)
    loss = student.tools.language_loss(it.model, it.fresh(4, 3), given.labels(2, it.spec["n_classes"]))
    expect(loss, "loss of the model and its gradient", **CLOSE)
    expect(it.logits(student.tools.peft_reloaded(it.model)), "logits of the model, saved and loaded", **CLOSE)
    expect(it.logits(classifier), "logits of the classifier, which has learned", **CLOSE)
    again = it.ask()
    expect(it.logits(again), "logits of a second classifier", **CLOSE)


@hidden_test(weight=2, says="If there is a head already, what is kept of the model, and what is new?")
def test_a_classifier_gets_another_head(student, given, expect):
    """From a classifier, too: the pooler is kept, the head is new and random, precision and all that learns fit"""
    count = given.integer(3, 5)
    for n_classes, what in ((count, "as many classes"), (count + 2, "fewer classes")):
        it = Task(student, given, "bert", count, n_classes, dropout=0.3)
        student.tools.language_precision(it.model, "float64")
        student.tools.trainable(it.model, False)
        it.model.mode(True)
        flags, modes = student.tools.peft_flags(it.model), student.tools.read_part_modes(it.model)
        old = student.tools.language_head(it.model)
        drawn = student.new_task_head(it.model, it.labels)
        expect.that(student.tools.peft_flags(it.model) == flags, f"the model can learn what it could ({what})")
        expect.that(student.tools.read_part_modes(it.model) == modes, f"the model is in train mode still ({what})")
        new = student.tools.language_head(drawn)
        fresh = new.shape == (count, it.spec["width"]) and not bool((new - old[:count]).abs().max() < 1e-3)
        expect.that(fresh, f"the head is a new one ({what})")
        small = 0 < float(new.double().std()) < 0.06
        expect.that(small, f"its weights are small random numbers ({what})")
        pinned = it.pins.on(drawn)
        told = it.logits(pinned, as_it_is=True)
        expect(told, f"logits in double precision ({what})", atol=1e-9, rtol=1e-9, view=MATRIX)
        student.tools.language_train(pinned, it.fresh(), given.labels(3, count))
        expect(it.logits(pinned), f"logits after three steps ({what})", **CLOSE)
