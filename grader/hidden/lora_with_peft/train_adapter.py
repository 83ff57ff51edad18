"""Hidden tests of `train_adapter`."""

import torch

from grader.hidden.lora_with_peft.setups import ATTENTION, MATRIX, close, inputs, sizes
from grader.hidden.registry import hidden_test
from grader.student.views import View

TASKS = {"bert": "SEQ_CLS", "gpt2": "CAUSAL_LM", "llama": "SEQ_CLS"}
LEARNED = 2e-4
"""Tolerance of what a few steps give: other orders of the same operations differ by rounding only."""


class Training:
    """A model, batches with labels, and settings; `classes` False asks for a language model."""

    def __init__(self, student, given, kind, classes=True, optimizer="SGD", lr=0.1, epochs=1, rows=(4, 4, 3), **how):
        self.student, self.given, self.kind, self.classes = student, given, kind, classes
        self.spec = sizes(given, kind, classes)
        self.dropout = how.get("dropout", 0.0)
        self.model = student.tools.peft_base(kind, **self.spec, dropout=self.dropout)
        self.before = self.parameters(self.model)
        self.batches = [self.batch(n) for n in rows]
        self.task = TASKS[kind] if classes else "CAUSAL_LM"
        self.lora = student.tools.peft_config.kept(self.task, ATTENTION[kind], 3, 9)
        self.seed = given.integer(1, 10_000)
        self.how = (optimizer, lr, epochs, self.seed)

    def parameters(self, model):
        """The model's parameters by name."""
        return self.student.tools.peft_parameters(model)

    def batch(self, rows):
        """Words with padding on the right, and labels: classes, or the words themselves but for the first ones."""
        batch = inputs(self.given, self.kind, self.spec["n_words"], rows)
        if self.classes:
            return {**batch, "labels": self.given.labels(rows, self.spec["n_classes"])}
        asked = (batch["attention_mask"] == 1) & (torch.arange(7) > 2)
        return {**batch, "labels": batch["input_ids"].masked_fill(~asked, -100)}

    def run(self, data=None, model=None):
        """What the answer returns: the adapted model and the losses."""
        cfg = self.student.tools.peft_training.kept(self.lora, *self.how)
        model = model or self.model
        answer = self.student.train_adapter(model, data if data is not None else self.batches, cfg)
        return answer[0], answer[1]


def look(it, expect, result, what):
    """Everything that training decides. `result` is the adapted model and the losses."""
    adapted, losses = result
    learned = it.student.tools.peft_learned(adapted)
    factors = {name: value for name, value in learned.items() if "lora_" in name}
    expect([float(loss) for loss in losses], f"the losses ({what})", atol=LEARNED, rtol=LEARNED)
    expect(factors, f"the factors after training ({what})", atol=LEARNED, rtol=LEARNED, view=View(in_length))
    rest = {name: value for name, value in learned.items() if name not in factors}
    expect(rest, f"the head that learns ({what})", atol=LEARNED, rtol=LEARNED, view=View(in_length))
    logits = it.student.tools.peft_logits(adapted, {k: v for k, v in it.batches[0].items() if k != "labels"})
    expect(logits, f"logits after training ({what})", atol=1e-3, rtol=1e-3, view=MATRIX)


def in_length(tensors):
    """Tensors, as a learner should read them."""
    return (
        f"{len(tensors)} tensors of length {sum(float(v.double().square().sum()) for v in tensors.values()) ** 0.5:.4g}"
    )


@hidden_test(weight=3, says="Which parameters does the optimizer hold, and what happens in each step?")
def test_factors_and_head_learn(student, given, expect):
    """Every factor and the head go where the given optimizer leads them"""
    it = Training(student, given, "bert", lr=given.choice([0.05, 0.1]), rows=(4, 5, 3, 4))
    look(it, expect, it.run(), "BERT, SGD")


@hidden_test(weight=2, says="Is the base the same to the last bit?")
def test_the_base_does_not_move(student, given, expect):
    """The base stays as it was, to the last bit, its own head included"""
    it = Training(student, given, given.choice(["bert", "llama"]), optimizer="AdamW", lr=0.02, epochs=2)
    adapted, losses = it.run()
    base = student.tools.peft_frozen(adapted)
    expect(base, "the numbers of the base", equals=it.before, atol=0.0, rtol=0.0, view=View(in_length))
    look(it, expect, (adapted, losses), f"{it.kind}, AdamW")


@hidden_test(weight=2, says="Which words may the model see, and which of them are asked?")
def test_padding_and_labels_of_a_language_model(student, given, expect):
    """Padding is not looked at, and words with the label -100 do not count"""
    it = Training(student, given, "gpt2", classes=False, optimizer="AdamW", lr=0.02)
    look(it, expect, it.run(), "GPT-2 as a language model")


@hidden_test(weight=2, says="In which mode is the model while it trains, and in which one afterwards?")
def test_dropout(student, given, expect):
    """Dropout is on while it trains and off in the model that is returned"""
    it = Training(student, given, "bert", dropout=0.5)
    adapted, losses = it.run()
    batch = {k: v for k, v in it.batches[0].items() if k != "labels"}
    as_returned = [student.tools.peft_logits(adapted, batch, as_it_is=True) for _ in range(2)]
    expect.that(close(*as_returned), "the returned model gives the same answer twice")
    without = student.tools.peft_base(it.kind, **it.spec, state=it.before)
    still, quiet = it.run(model=without)
    expect.that(
        not close(student.tools.peft_logits(adapted, batch), student.tools.peft_logits(still, batch)), "dropout matters"
    )
    expect([float(loss) for loss in quiet], "the losses without dropout", atol=LEARNED, rtol=LEARNED)
    expect.that(len(losses) == len(it.batches), "there is a loss for every step")
    idle = Training(student, given, "bert", dropout=0.5, lr=0.0, epochs=2)
    returned, losses = idle.run()
    calm = student.tools.peft_base(idle.kind, **idle.spec, state=idle.before)
    _, quiet = idle.run(model=calm)
    noise = [abs(float(one) - float(other)) > 1e-4 for one, other in zip(losses, quiet, strict=False)]
    first, second = noise[: len(idle.batches)], noise[len(idle.batches) :]
    expect.that(any(first) and any(second), "dropout changes the losses of each of two epochs")
    inputs_alone = {k: v for k, v in idle.batches[0].items() if k != "labels"}
    seen = student.tools.peft_logits(returned, inputs_alone, as_it_is=True)
    expect(seen, "logits of a model that trained with a rate of 0, as it is returned", atol=1e-4, view=MATRIX)


@hidden_test(weight=2, says="How often are the batches gone through, and what does a seed decide?")
def test_epochs_seed_and_loaders(student, given, expect):
    """All epochs, any iterable, shuffled in each epoch, a batch of one; one seed gives one result"""
    it = Training(student, given, "llama", optimizer="Adam", lr=0.01, epochs=3, rows=(4, 1))
    adapted, losses = it.run(student.tools.peft_batches.kept(it.batches))
    look(it, expect, (adapted, losses), "Llama, Adam, three epochs")
    again = student.tools.peft_base(it.kind, **it.spec, state=it.before)
    _, second = it.run(student.tools.peft_batches.kept(it.batches), model=again)
    one = [float(loss) for loss in losses]
    expect([float(loss) for loss in second], "the losses of a second run", equals=one, atol=LEARNED, rtol=LEARNED)
