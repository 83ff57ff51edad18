"""Public check of `TaskSwitcher`."""

import tempfile
from pathlib import Path

import torch

from tlcore import plots
from tlcore.checks.lora_with_peft.setups import adapted, classifier, logits, same, words


def check(TaskSwitcher, show):
    batch = words()
    base = classifier()
    alone = logits(base, batch)
    with tempfile.TemporaryDirectory() as folder:
        told, paths = {}, {}
        for seed, (task, targets) in enumerate((("crops", ["query", "value"]), ("places", ["key", "value"]))):
            model = adapted(base, targets, seed=seed)
            told[task], paths[task] = logits(model, batch), str(Path(folder) / task)
            model.save_pretrained(paths[task])
        switcher = TaskSwitcher(base)
        show.tried("no task yet: the base alone")
        before = switcher.logits(None, batch)
        exact = "Without a task there is no adapter and no other head: the base's own numbers."
        show.that(_exactly(before, alone), "it answers as the base, to the last bit", teach=exact)
        show.tried("add crops and places, then ask for crops, places, crops, the base")
        switcher.add("crops", paths["crops"])
        switcher.add("places", paths["places"])
        seen = {}
        for task in ("crops", "places", "crops"):
            seen[task] = switcher.logits(task, batch)
            which = "Which adapter is active after the second one was loaded? Factors and head belong together."
            show.that(same(seen[task], told[task]), f"{task}: as the model trained for it alone", teach=which)
        show.picture(plots.matrix("Logits for places, yours and the single model's", seen["places"], told["places"]))
        after = switcher.logits(None, batch)
        if same(after, alone):
            exact += " These are near: was something added to its weights, and taken off again?"
        else:
            exact += " The base that you were given has been wrapped in place: asked as it is, it has them."
        show.that(_exactly(after, alone), "the base, to the last bit", teach=exact)
    show.untried("dropout, how much memory it takes, other models, more tasks")


def _exactly(one, other):
    return isinstance(one, torch.Tensor) and torch.equal(one, other)
