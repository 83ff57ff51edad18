"""Public check of `kind_of`."""

from tlcore import plots

KINDS = ["parameter", "buffer", "hyperparameter", "metric", "data"]
NOTHING = {"saved": False, "learned": False, "chosen": False, "from_predictions": False, "changes": False, "numbers": 1}

RUN = {
    "head.weight": ("parameter", {"saved": True, "learned": True, "changes": True, "numbers": 192}),
    "stem.weight, frozen": ("parameter", {"saved": True, "learned": True, "numbers": 432}),
    "head.bias, from a chosen start": (
        "parameter",
        {"saved": True, "learned": True, "chosen": True, "changes": True, "numbers": 6},
    ),
    "norm.running_mean": ("buffer", {"saved": True, "changes": True, "numbers": 16}),
    "table of positions": ("buffer", {"saved": True, "chosen": True, "numbers": 512}),
    "number of epochs": ("hyperparameter", {"chosen": True}),
    "learning rate, with a schedule": ("hyperparameter", {"chosen": True, "changes": True}),
    "validation loss": ("metric", {"from_predictions": True, "changes": True}),
    "confusion matrix": ("metric", {"from_predictions": True, "numbers": 36}),
    "photos, augmented": ("data", {"changes": True, "numbers": 307_200}),
    "label of photo 7": ("data", {}),
}
TEACH = {
    "parameter": "An optimizer learns it, now or in an earlier run. Where it started does not matter.",
    "buffer": "It is saved with the model, and no optimizer learns it.",
    "hyperparameter": "Somebody chose it before the run, or the rule by which it changes.",
    "metric": "It can be known only after the model has answered.",
    "data": "Nobody learned it, set it or computed it from predictions.",
}


def check(kind_of, show):
    run = {name: {**NOTHING, **facts} for name, (_, facts) in RUN.items()}
    show.tried(f"each of {len(RUN)} things in a run")
    answers = {name: kind_of(name, run) for name in run}
    if not show.that(
        any(answer is not None for answer in answers.values()), "it returns something", "Is a `return` missing?"
    ):
        return
    for name, (kind, _) in RUN.items():
        show.expect(name, answers[name], kind, TEACH[kind])
    table = [[0] * len(KINDS) for _ in KINDS]
    for name, (kind, _) in RUN.items():
        if answers[name] in KINDS:
            table[KINDS.index(kind)][KINDS.index(answers[name])] += 1
    right = [
        [sum(kind == row for kind, _ in RUN.values()) if row == column else 0 for column in KINDS] for row in KINDS
    ]
    caption = f"rows: what it is; columns: what you say; in the order {', '.join(KINDS)}"
    show.picture(plots.matrix("What is what", table, right, caption=caption))

    show.tried("the same facts under names that mislead")
    names = dict(zip(reversed(run), run, strict=True))  # each thing gets the name of another
    misled = {name: run[other] for name, other in names.items()}
    found = {name: kind_of(name, misled) for name in misled}
    expected = {name: RUN[other][0] for name, other in names.items()}
    show.expect("what they are", found, expected, "Only the facts count: a name can be anything.")
    show.untried("other combinations of facts, and whether the description stays as it is")
