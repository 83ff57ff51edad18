"""Public check of `new_task_head`."""

import tempfile

import torch
from torch import nn
from transformers import GPT2ForSequenceClassification
from transformers.utils import logging

from tlcore import plots
from tlcore.checks.language_heads.setups import alike, language_model, logits, texts

LABELS = ["rise", "fall", "hold", "halt"]


def check(new_task_head, show):
    model, batch = language_model("gpt2"), texts()
    model.base_model.wpe.requires_grad_(False)
    before, config, learns = logits(model, batch), told_by(model), [p.requires_grad for p in model.parameters()]
    show.tried("a small GPT-2 and the labels rise, fall, hold, halt")
    new = new_task_head(model, list(LABELS))
    returned = "Return the new classifier. Is there a `return`?"
    kind = isinstance(new, GPT2ForSequenceClassification)
    if not show.that(kind, "it returns a GPT2ForSequenceClassification", teach=returned):
        show.picture(plots.bars("Logits of one text", LABELS, [0.0] * 4, ylabel="logit"))
        show.untried("everything that comes after it")
        return
    told = logits(new, batch)
    four = "The layer is built from the config: how many classes does it say?"
    if not show.expect("the shape of the logits", list(told.shape), [3, 4], teach=four):
        show.picture(plots.bars("Logits of one text", LABELS, [0.0] * 4, ylabel="logit"))
        return
    show.picture(plots.bars("Logits of one text, from a new head", LABELS, told[0].tolist(), ylabel="logit"))
    states = zip(new.base_model.parameters(), model.base_model.parameters(), strict=True)
    same = all(alike(mine, theirs, 0.0) for mine, theirs in states)
    show.that(same, "its body has the weights of the model", teach="from_config draws random ones. Copy the body's.")
    thawed = all(p.requires_grad for p in new.parameters())
    show.that(thawed, "all of it can learn", teach="The model has frozen position embeddings. The classifier has none.")
    show.that(not new.training, "it is in eval mode", teach="`.eval()` before you return it.")
    numbers = [new.num_labels, new.config.num_labels]
    show.expect("num_labels of the model and of its config", numbers, [4, 4], teach="Both come from one config.")
    names = [new.config.id2label.get(i) for i in range(4)]
    show.expect("the names by id2label", names, LABELS, teach="The id of a class is its place in `labels`.")
    ids = [new.config.label2id.get(name) for name in LABELS]
    show.expect("the ids by label2id", ids, [0, 1, 2, 3], teach="The other map: from the name to the id.")
    y = torch.tensor([0, 3, 1])
    entropy = float(nn.functional.cross_entropy(told, y))
    with torch.no_grad():
        loss = float(new(**batch, labels=y).loss)
    show.expect("its loss", loss, entropy, teach="Cross-entropy over the classes: problem_type.", atol=1e-5)
    show.tried("saving it and loading it again")
    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as folder:
        new.save_pretrained(folder)
        loaded = GPT2ForSequenceClassification.from_pretrained(folder)
    if bars:
        logging.enable_progress_bar()
    show.that(alike(logits(loaded, batch), told), "the same logits", teach="Do config and layer fit together?")
    show.tried("the model that was handed over, while the classifier learns")
    new.requires_grad_(True)
    nn.functional.cross_entropy(new(**batch).logits, y).backward()
    with torch.no_grad():
        for p in new.parameters():
            if p.grad is not None:
                p -= 0.5 * p.grad
    own = "Copy the config and the values of the weights; do not hand on the objects."
    show.that(alike(logits(model, batch), before), "it answers as before", teach=own)
    show.that(told_by(model) == config, "its config is as before", teach=own)
    flags = [p.requires_grad for p in model.parameters()]
    show.that(flags == learns, "what can learn in it is as before", teach="Freeze and thaw in the classifier alone.")
    show.untried("BERT and Llama, models that are classifiers already, double precision, two classes")


def told_by(model):
    """What a model's config says of its classes."""
    entries = ("num_labels", "id2label", "label2id", "problem_type")
    return {name: str(getattr(model.config, name)) for name in entries}
