"""Public check of `audit`: two small reports, their flaws known by hand."""

import copy

from tlcore import plots


def _regime(**changes):
    regime = {
        "scores": [70.0, 74.0, 66.0, 72.0],
        "score": 70.5,
        "error": 1.7078,
        "accuracy": 0.71,
        "precision": 0.7,
        "f1": 0.69,
        "trials": 8,
        "steps": 300,
        "batch": 16,
        "rates": [0.001, 0.01],
        "val_by_rate": [70.0, 65.0],
        "test_by_rate": [71.0, 68.0],
        "rate": 0.001,
        "trainable": 5000,
        "merged": True,
    }
    return regime | changes


SOUND = {
    "task": "recognise",
    "test_labels": [30, 20],
    "sizes": [5, 25, 100],
    "regimes": {
        "full": _regime(steps=600, batch=8, test_by_rate=[69.0, 70.0], trainable=90_000),
        "lora": _regime(scores=[73.0, 77.5, 69.0, 75.5], score=73.75, error=1.8317, accuracy=0.6, precision=0.62),
        "scratch": _regime(),
    },
    "plants": {"train": [1, 2, 2, 5, 7], "test": [3, 4, 4]},
    "days": {"train": [10, 40, 60], "test": [20, 50]},
    "rows": {"train": 150, "test": 50},
    "brightness": {"train": 0.5, "test": 0.7, "used": 0.4},
    "claims": [
        {"says": "better", "first": "lora", "second": "full"},
        {"says": "good_at", "first": "lora", "labels": 60},
        {"says": "fewer_parameters", "first": "lora", "second": "full"},
        {"says": "faster", "first": "lora"},
        {"says": "pretraining_helps", "first": "full"},
    ],
}


def _flawed():
    """Each flaw by hand: 0.4 ** 2 = 0.16, 3.4157 is the deviation, 600 * 16 > 300 * 16, 0.55 the mean of all rows."""
    report = copy.deepcopy(SOUND)
    full, lora, scratch = (report["regimes"][name] for name in ("full", "lora", "scratch"))
    full |= {"steps": 600, "batch": 16, "scores": [73.0, 75.0, 71.0, 74.0], "score": 75.0, "error": 0.8539}
    lora |= {"accuracy": 0.4, "precision": 0.16, "f1": 0.2286, "trials": 20, "merged": False, "trainable": 90_001}
    scratch |= {"error": 3.4157, "rate": 0.01, "test_by_rate": [60.0, 68.0]}
    report["task"], report["plants"]["test"] = "forecast", [3, 5]
    report["brightness"]["used"] = 0.55
    report["claims"][1] = {"says": "good_at", "first": "lora", "labels": 200}
    return report


GROUPS = {
    "regimes": {
        ("constant_predictor", "regimes.lora.precision"),
        ("best_of_seeds", "regimes.full.score"),
        ("deviation_for_error", "regimes.scratch.error"),
    },
    "budget": {
        ("unequal_trials", "regimes.lora.trials"),
        ("unequal_examples", "regimes.full.steps"),
        ("chosen_on_test", "regimes.scratch.rate"),
    },
    "data": {
        ("shared_plants", "plants.test"),
        ("future_in_training", "days.train"),
        ("statistics_of_test", "brightness.used"),
    },
    "claims": {
        ("not_shown", "claims.0"),
        ("beyond_the_data", "claims.1"),
        ("not_fewer", "claims.2"),
        ("timed_unmerged", "claims.3"),
    },
}
TEACH = {
    "regimes": "For a constant answer, precision is the square of accuracy. The standard error is the deviation / √n.",
    "budget": "Training pictures are steps times batch. The advantage is with whoever has more.",
    "data": "Which plants, which days, and whose mean? 0.55 is the mean of 150 rows at 0.5 and 50 at 0.7.",
    "claims": "A claim of 'better' needs an interval that lies above zero.",
}


def _findings(audit, show, report):
    found = audit(copy.deepcopy(report))
    try:
        return {(str(code), str(field)) for code, field in found}
    except (ValueError, TypeError):
        none = "Nothing came back: is a `return` missing?"
        show.that(False, "it returns pairs (code, field)", none if found is None else "A list of pairs of texts.")
        return None


def check(audit, show):
    show.tried("a report with fourteen chances to raise a false alarm, and no flaw")
    found = _findings(audit, show, SOUND)
    if found is None:
        return
    show.expect("findings", sorted(f"{code} at {field}" for code, field in found), [], "A false alarm.")

    show.tried("the same report with thirteen flaws in it")
    report = _flawed()
    found = _findings(audit, show, report)
    if found is None:
        return
    known = set().union(*GROUPS.values())
    for group, expected in GROUPS.items():
        codes = {code for code, _ in expected}
        mine = {f"{code} at {field}" for code, field in found if code in codes}
        show.expect(group, sorted(mine), sorted(f"{c} at {f}" for c, f in expected), TEACH[group])
    show.that(not found - known, "nothing else is found", f"Too many: {sorted(found - known)[:3]}")
    rows = list(GROUPS)
    show.picture(
        plots.bars(
            "Flaws found in the second report",
            rows,
            [len(found & GROUPS[group]) for group in rows],
            [len(GROUPS[group]) for group in rows],
            ylabel="flaws",
        )
    )

    show.tried("the flawed report without its regime from scratch")
    del report["regimes"]["scratch"]
    found = _findings(audit, show, report)
    if found is not None:
        show.that(("no_control", "claims.4") in found, "no_control at claims.4 is found", "What is the claim against?")
    show.untried("reports with one flaw each, and more decoys")
