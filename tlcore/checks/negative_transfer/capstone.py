"""Public check of `capstone`: three cards by hand, a wrapper, and the whole way on the shipped hub."""

import copy

import torch

from tlcore import plots
from tlcore.checkpoints.hub import HUB, NEEDS, digits_target
from tlcore.models import TinyNet


def _card(name, **changes):
    card = {
        "name": name,
        "task": "image-classification",
        "source": "",
        "trained_on": ["strokes"],
        "licence": "mit",
        "parameters": 8_000,
        "input": {"channels": 1, "size": 8, "mean": [0.5], "std": [0.25]},
        "names": ["even", "odd"],
        "accuracy": 0.99,
    }
    return card | changes


CARDS = [
    _card("fine"),
    _card("fine too", licence="Apache-2.0", trained_on=["uci-digits-2"]),
    _card("unlicensed", licence=None),
    _card("large", parameters=8_001),
    _card("colour", input={"channels": 3, "size": 8, "mean": [0.5] * 3, "std": [0.25] * 3}),
    _card("two things", licence="cc-by-nc-4.0", trained_on=["strokes", "uci-digits"]),
]
RULED_OUT = {
    "fine": [],
    "fine too": [],
    "unlicensed": ["licence"],
    "large": ["parameters"],
    "colour": ["input"],
    "two things": ["licence", "seen_test"],
}


def _shortlist(shortlist, show):
    show.tried("shortlist(six cards made by hand)")
    found = shortlist(copy.deepcopy(CARDS), dict(NEEDS))
    if not show.that(isinstance(found, dict), "shortlist returns a dict", "Is a `return` missing?"):
        return
    found = {name: sorted(reasons) for name, reasons in found.items()}
    teach = "Capitals do not matter, no licence is no permission, 8000 is not more than 8000."
    show.expect("what rules models out", found, RULED_OUT, teach)


def _classifier(classifier, show):
    show.tried("classifier(the folder of parity-net, whose card says 0.3 and 0.2)")
    folder = HUB / "parity-net"
    classify = classifier(str(folder))
    if not show.that(callable(classify), "classifier returns a function", "Or a module: something to call."):
        return
    x = torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    got = classify(x)
    if not show.that(isinstance(got, torch.Tensor), "it gives a tensor of logits", "Not the output of the library."):
        return
    with torch.no_grad():
        expected = TinyNet.from_pretrained(folder)((x - 0.3) / 0.2)
    close = got.shape == expected.shape and torch.allclose(got, expected, atol=1e-4)
    show.that(close, "the logits are those of the model", "Mean and std of this card; eval mode.")


def _whole_way(capstone, show):
    show.tried("capstone(the hub that ships, handwritten digits)")
    seeds = (3, 14, 15)
    target = digits_target(0, seeds)
    answer = capstone(str(HUB), target)
    if not show.that(isinstance(answer, dict), "capstone returns a dict", "Is a `return` missing?"):
        return
    missing = sorted({"chosen", "models", "table"} - set(answer))
    if not show.expect("entries that are missing", missing, []):
        return
    allowed = ("strokes-net", "strokes-slim", "parity-net", "ink-net")
    show.that(answer["chosen"] in allowed, "the chosen model is admissible", f"It is {answer['chosen']}.")
    x, y = digits_target(0, seeds).test("")
    means, good = {}, True
    for arm in ("transfer", "scratch"):
        models, table = list(answer["models"][arm]), [float(value) for value in answer["table"][arm]]
        if not show.expect(f"models and numbers of the arm {arm}", [len(models), len(table)], [3, 3], "One per seed."):
            return
        measured = [100 * float((model(x).argmax(1) == y).double().mean()) for model in models]
        same = all(abs(a - b) < 0.5 for a, b in zip(measured, table, strict=True))
        good &= show.that(same, f"the table says what the arm {arm} does on the test", "In per cent, on test pictures.")
        means[arm] = sum(measured) / 3
    fair = 33 <= means["scratch"] <= 74
    show.that(
        fair, f"the arm scratch is fair: {means['scratch']:.0f} %", "It sees one picture of each class, no checkpoint."
    )
    enough = means["transfer"] >= 61
    show.that(enough, f"transfer gets 61 % or more: {means['transfer']:.0f}", "Another model, or another regime?")
    lead = means["transfer"] - means["scratch"]
    show.that(lead >= 4, f"transfer leads by 4 points or more: {lead:.0f}", "Another model, or another regime?")
    arms = list(means)
    show.picture(plots.bars("Mean accuracy over three seeds", arms, [means[arm] for arm in arms], ylabel="%"))


def check(shortlist, classifier, capstone, show):
    _shortlist(shortlist, show)
    _classifier(classifier, show)
    _whole_way(capstone, show)
    show.untried(
        "other hubs: other needs, cards with several faults, models of transformers, models that know the test, "
        "and whether the arm scratch has seen a checkpoint"
    )
