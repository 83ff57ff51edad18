"""Which tables and plots docs/effects.md has, by topic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes

from benchmarks.effects import few_labels_page, negative_transfer_page
from benchmarks.effects.backbone import BLOCKS, SEVERITIES
from benchmarks.effects.common import Result
from benchmarks.effects.document import cell, curve, label, listing, markdown, pivot, upright

Results = dict[str, list[Result]]
CHANCE_TARGET, CHANCE_SOURCE = 100 / 6, 10.0
AT_SEVERITIES = [f"severity {severity}" for severity in SEVERITIES]
DISTANCES = [f"moved {block}" for block in BLOCKS]
KEPT = (
    "last step",
    "fixed: step 100",
    "best by validation accuracy",
    "best by validation loss",
    "stopped after 4 looks without a gain",
    "best by test (not allowed)",
    "validation accuracy of its best",
)


def _where(results: Sequence[Result], **wanted: object) -> list[Result]:
    return [r for r in results if all(r.setting[key] == value for key, value in wanted.items())]


def _regimes(results: Results) -> list[Result]:
    """Every way to train the target task, as one list: regime and labels are the setting."""
    names = {0: "head only", 4: "all at once, slow body"}
    made = [
        replace(r, setting={"labels": r.setting["labels"], "regime": names[r.setting["blocks"]]})
        for r in results["unfreezing"]
        if r.setting["blocks"] in names
    ]
    plain = {"one rate": "all at once, one rate"}
    for r in results["probe_first"]:
        name = plain.get(r.setting["regime"], r.setting["regime"])
        made.append(replace(r, setting={"labels": r.setting["labels"], "regime": name}))
    order = ["solved probe", "head only", "all at once, one rate", "all at once, slow body", "head, then all"]
    return sorted(made, key=lambda r: (r.setting["labels"], order.index(r.setting["regime"])))


def _distances(results: Results) -> str:
    lines = [["labels", "regime", *(name.removeprefix("moved ") for name in DISTANCES)]]
    for r in _regimes(results):
        if r.setting["regime"] not in ("solved probe", "head only"):
            lines.append(
                [str(r.setting["labels"]), r.setting["regime"], *(cell(r, value, 1, 3) for value in DISTANCES)]
            )
    return markdown(lines)


def _masked_words(results: Results) -> str:
    (result,) = results["continued"]
    stages = list(dict.fromkeys(name.split(": ")[0] for name in result.values))
    lines = [["loss on hidden words of", "new posts", "new agency news"]]
    lines += [[s, *(cell(result, f"{s}: {kind}", 1, 2) for kind in ("posts", "agency news"))] for s in stages]
    return markdown(lines)


def _plot_arms(results: Results, axes: Axes) -> None:
    arms = list(dict.fromkeys(r.setting["arm"] for r in results["arms"]))
    for labels, style in ((5, "--"), (100, "-")):
        for i, arm in enumerate(arms):
            r = _where(results["arms"], labels=labels, arm=arm)[0]
            curves = 100 * np.array(r.values["curve"])
            steps = np.linspace(0, 150, curves.shape[1])
            axes.plot(steps, curves.mean(0), style, color=f"C{i}", label=f"{arm}, {labels} labels", linewidth=1.3)
            low, high = curves.mean(0) - curves.std(0, ddof=1), curves.mean(0) + curves.std(0, ddof=1)
            axes.fill_between(steps, low, high, color=f"C{i}", alpha=0.15, linewidth=0)
    label(axes, "updates (the band is one sd)", "accuracy on target leaves, %", CHANCE_TARGET)


def _plot_rates(results: Results, axes: Axes) -> None:
    for rate in (1e-3, 3e-3, 1e-2):
        rows = _where(results["learning_rates"], head=rate)
        curve(axes, [r.setting["body"] for r in rows], rows, "severity 0.1", f"head {rate:g}")
    axes.set_xscale("log")
    label(axes, "learning rate of the body", "accuracy on target leaves, %", CHANCE_TARGET)


def _plot_unfreezing(results: Results, axes: Axes) -> None:
    for labels in dict.fromkeys(r.setting["labels"] for r in results["unfreezing"]):
        rows = _where(results["unfreezing"], labels=labels)
        curve(axes, [r.setting["blocks"] for r in rows], rows, "severity 0.1", f"{labels} labels per class")
    axes.set_xticks(range(5))
    label(axes, "blocks that move, from the top (the head always does)", "accuracy on target leaves, %", CHANCE_TARGET)


def _plot_regimes(results: Results, axes: Axes) -> None:
    rows = [r for r in _regimes(results) if r.setting["labels"] == 25]
    for r in rows:
        means, spreads = [100 * r.mean(v) for v in AT_SEVERITIES], [100 * r.sd(v) for v in AT_SEVERITIES]
        shift = 0.003 * (rows.index(r) - 2)
        axes.errorbar(
            [s + shift for s in SEVERITIES],
            means,
            spreads,
            label=r.setting["regime"],
            marker="o",
            markersize=3,
            capsize=2,
            linewidth=1.2,
        )
    label(axes, "severity of the test photos (trained at 0.1, 25 labels per class)", "accuracy, %", CHANCE_TARGET)


def _plot_distances(results: Results, axes: Axes) -> None:
    rows = [r for r in _regimes(results) if r.setting["labels"] == 25 and r.mean(DISTANCES[0]) > 0]
    for i, r in enumerate(rows):
        places = np.arange(4) + 0.25 * (i - 1)
        spreads = [r.sd(v) for v in DISTANCES]
        axes.bar(places, [r.mean(v) for v in DISTANCES], 0.23, yerr=spreads, capsize=2, label=r.setting["regime"])
    axes.set_xticks(range(4), BLOCKS)
    label(axes, "block, from the input up (25 labels per class)", "relative distance moved")


def _plot_stopping(results: Results, axes: Axes) -> None:
    for r, colour in zip(results["early_stopping"], ("C0", "C1"), strict=True):
        wrong = f"{100 * r.setting['wrong']:.0f}% wrong labels"
        for value, style in (("curve train", ":"), ("curve validation", "--"), ("curve test", "-")):
            curves = 100 * np.array(r.values[value])
            steps = np.linspace(0, 300, curves.shape[1])
            name = f"{value.removeprefix('curve ')}, {wrong}"
            axes.plot(steps, curves.mean(0), style, color=colour, label=name, linewidth=1.3)
            if style == "-":
                low, high = curves.mean(0) - curves.std(0, ddof=1), curves.mean(0) + curves.std(0, ddof=1)
                axes.fill_between(steps, low, high, color=colour, alpha=0.2, linewidth=0)
    label(axes, "updates (25 labels per class; the band is one sd)", "accuracy, %", CHANCE_TARGET)


def _plot_severity(results: Results, axes: Axes) -> None:
    rows = results["by_severity"]
    for value in ("no adaptation", "AdaBN"):
        curve(axes, [r.setting["severity"] for r in rows], rows, value, value)
    label(axes, "severity of the target photos", "accuracy, %", CHANCE_SOURCE)


def _plot_streams(results: Results, axes: Axes) -> None:
    for way, style in (("reset, average of all batches", "-"), ("no reset, momentum 0.1", "--")):
        for order, colour in (("shuffled", "C0"), ("one class at a time", "C1")):
            rows = _where(results["streams"], way=way, order=order)
            batches = [r.setting["batch"] for r in rows]
            curve(axes, batches, rows, "accuracy", f"{way}; {order}", linestyle=style, color=colour)
    axes.set_xscale("log")
    label(axes, "photos in a batch (500 in all, severity 0.3)", "accuracy, %", CHANCE_SOURCE)


def _plot_dann(results: Results, axes: Axes) -> None:
    names = {None: "source only", 0.0: "target in the batch, λ = 0", 1.0: "DANN, λ = 1"}
    rows = results["dann"]
    for shift, value in ((-0.18, "as trained"), (0.18, "then AdaBN")):
        heights, spreads = [100 * r.mean(value) for r in rows], [100 * r.sd(value) for r in rows]
        axes.bar(np.arange(len(rows)) + shift, heights, 0.34, yerr=spreads, capsize=2, label=value)
    alone = _where(results["by_severity"], severity=0.3)[0]
    axes.axhline(100 * alone.mean("AdaBN"), color="C2", linestyle="--", linewidth=1, label="AdaBN alone, no training")
    axes.set_xticks(range(len(rows)), [names[r.setting["lambda"]] for r in rows])
    axes.set_ylim(0, 100)
    label(axes, "200 further updates (severity 0.3)", "accuracy, %", CHANCE_SOURCE)


def _plot_shift(results: Results, axes: Axes) -> None:
    few = (0, 10, 30, 100)
    for r in results["examination"]:
        values = [f"procedure, {n} labels" for n in few]
        means, spreads = [100 * r.mean(v) for v in values], [100 * r.sd(v) for v in values]
        name = f"strength {r.setting['strength']:g}"
        axes.errorbar(few, means, spreads, label=name, marker="o", markersize=3, capsize=2, linewidth=1.2)
    axes.set_ylim(0, 100)
    label(axes, "target labels that the procedure may look at", "kinds named rightly, %", 25)


def _confusion(results: Results) -> str:
    r = _where(results["examination"], strength=0.5)[0]
    kinds = ("none", "covariate", "label", "concept")
    lines = [["truth ↓, said →", *kinds]]
    lines += [[truth, *(cell(r, f"100 labels: {truth} called {said}", digits=0) for said in kinds)] for truth in kinds]
    return markdown(lines)


def _adversary(results: Results) -> str:
    lines = [["λ", "as trained", "then AdaBN", "domain classifier right at the end"]]
    for r in results["dann"]:
        without = r.setting["lambda"] is None
        right = "–" if without else cell(r, "critic right at the end")
        name = "source only" if without else f"{r.setting['lambda']:g}"
        lines.append([name, cell(r, "as trained"), cell(r, "then AdaBN"), right])
    return markdown(lines)


ANSWERS = (
    *(f"procedure, {n} labels" for n in (0, 10, 30, 100)),
    "domain classifier scored on its training rows, 100 labels",
    "every change of P(x) called covariate, 100 labels",
    "a drop of accuracy alone, 100 labels",
    "constant answer",
    "random answer",
)


def _named(results: Sequence[Result]) -> list[Result]:
    """Model and place of the updates as one setting."""
    return [
        replace(r, setting={**r.setting, "model and updates": f"{r.setting['model']}, {r.setting['where']}"})
        for r in results
    ]


def _with_labels(results: Sequence[Result], labels: int) -> list[Result]:
    return _named(_where(results, labels=labels))


def _merging(results: Sequence[Result]) -> str:
    """What taking off and merging change: a row for each model and place, trained on 25 headlines per class."""
    lines = [
        ["model and updates", "off: base to the last bit", *(f"{n}: {v}" for n in ("float32", "bfloat16") for v in _OF)]
    ]
    for r in _with_labels(results, 25):
        exact = f"{sum(r.values['off equals base']):.0f} of {len(r.seeds)}"
        cells = []
        for kind in ("merged", "bfloat16"):
            largest = r.values[f"{kind}: largest change"]
            cells += [f"{max(largest):.0e}", f"{100 * max(r.values[f'{kind}: classes changed']):.1f}"]
        lines.append([r.setting["model and updates"], exact, *cells])
    return markdown(lines)


_OF = ("largest change / largest logit", "classes changed, %")


def _plot_where(results: Results, axes: Axes) -> None:
    for r in _named(results["where"]):
        points = [100 * value for value in r.values["accuracy"]]
        axes.plot(range(len(points)), points, marker="o", markersize=3, linewidth=0.8)
        axes.lines[-1].set_label(f"{r.setting['model and updates']}, {r.setting['labels']} per class")
    label(axes, "seed", "test accuracy (%)", 100 / 3)


def _vectors(results: Sequence[Result]) -> str:
    """Accuracy for each way to make a vector of a text."""
    lines = [["model", "vector of a text", "test texts padded to", "on the", "accuracy"]]
    for r in results:
        width = "32" if r.setting["wide"] else "the longest"
        lines.append([r.setting["model"], r.setting["how"], width, r.setting["side"], cell(r, "accuracy")])
    return markdown(lines)


def _language_regimes(results: Sequence[Result]) -> str:
    """Accuracy of each regime, and how many numbers learn in it."""
    lines = [["regime", "numbers that learn", "accuracy"]]
    for r in results:
        lines.append([r.setting["regime"], f"{r.mean('learn'):,.0f}", cell(r, "accuracy")])
    return markdown(lines)


def _plot_language_regimes(results: Results, axes: Axes) -> None:
    names = [r.setting["regime"] for r in results["regimes"]]
    for at, r in enumerate(results["regimes"]):
        axes.errorbar(at, 100 * r.mean("accuracy"), 100 * r.sd("accuracy"), marker="o", markersize=4, capsize=3)
    axes.set_xticks(range(len(names)), names)
    label(axes, "regime", "test accuracy (%)", 100 / 3)


def _way_back(results: Results) -> str:
    """A row for each share of the way, to the base and in a random direction."""
    [r] = results["way back"]
    lines = [["share of the way", "to the base: source", "target", "at random: source", "target"]]
    for share in ("0", "0.25", "0.5", "0.75", "1"):
        keys = [f"{where} {share}: {of}, told the crop" for where in ("to the base", "anywhere") for of in KEPT_OF]
        lines.append([share, *(cell(r, key) for key in keys)])
    return markdown(lines)


def _plot_kept(results: Results, axes: Axes) -> None:
    """Source against target, a line for each remedy."""
    for remedy in dict.fromkeys(r.setting["remedy"] for r in results["remedies"]):
        mine = _where(results["remedies"], remedy=remedy)
        x, y = ([100 * r.mean(of) for r in mine] for of in ("target", "source"))
        axes.errorbar(
            x,
            y,
            xerr=[100 * r.sd("target") for r in mine],
            yerr=[100 * r.sd("source") for r in mine],
            marker="o",
            markersize=3,
            capsize=2,
            linewidth=1,
            label=remedy,
        )
    axes.set(xlim=(0, 80), ylim=(0, 100))
    label(axes, "target, accuracy in %", "source, accuracy in %")


KEPT_OF = ("source", "target")
TABLES: dict[str, dict[str, Callable[[Results], str]]] = {
    "what_transfers": {
        "transfer_pilot": lambda r: pivot(
            [
                replace(each, setting={**each.setting, "way": f"{each.setting['arm']}, {each.setting['labels']}"})
                for each in r["pilot"]
            ],
            "way",
            "rate",
            "accuracy",
            ("arm and labels", "rate"),
        ),
        "transfer": lambda r: listing(
            r["arms"], ["labels", "arm"], ["start", "after 10 updates", "end", "reached 40 %"], ["updates to 40 %"]
        ),
    },
    "fine_tuning": {
        "pilot": lambda r: pivot(
            [
                replace(each, setting={**each.setting, "way": f"{each.setting['regime']}, {each.setting['labels']}"})
                for each in r["pilot"]
            ],
            "way",
            "rate",
            "accuracy",
            ("regime and labels", "rate"),
        ),
        "learning_rates": lambda r: pivot(r["learning_rates"], "head", "body", "severity 0.1", ("head", "body")),
        "learning_rates_harder": lambda r: pivot(r["learning_rates"], "head", "body", "severity 0.4", ("head", "body")),
        "unfreezing": lambda r: pivot(
            r["unfreezing"], "labels", "blocks", "severity 0.1", ("labels per class", "blocks that move")
        ),
        "regimes": lambda r: listing(_regimes(r), ["labels", "regime"], AT_SEVERITIES),
        "early_stopping": lambda r: upright(
            [
                replace(
                    each,
                    setting={"run": f"{each.setting['labels']} labels, {100 * each.setting['wrong']:.0f}% wrong"},
                )
                for each in r["early_stopping"]
            ],
            "run",
            KEPT,
        ),
        "norm_drift": lambda r: listing(
            r["norm_drift"],
            ["labels", "batch", "mode"],
            ["severity 0.1", "severity 0.4", "severity 0.1, buffers put back", "source, old head"],
            ["mean moved (sd)", "variance moved (log)"],
        ),
        "distances": _distances,
    },
    "domain_adaptation": {
        "by_severity": lambda r: listing(
            r["by_severity"], ["severity"], ["no adaptation", "AdaBN", "AdaBN on 50 photos"]
        ),
        "streams": lambda r: listing(r["streams"], ["batch", "way", "order"], ["accuracy", "most predicted class"]),
        "batch_at_test": lambda r: pivot(r["batch_at_test"], "batch", "order", "accuracy", ("batch", "order")),
        "class_mix": lambda r: listing(r["class_mix"], ["mix", "severity"], ["no adaptation", "AdaBN"]),
        "dann": _adversary,
    },
    "shift_diagnosis": {
        "shift": lambda r: upright(r["examination"], "strength", ANSWERS),
        "confusion": _confusion,
    },
    "masked_words": {"masked_words": _masked_words},
    "lora_with_peft": {
        "peft_pilot": lambda r: pivot(
            _named(r["pilot"]), "model and updates", "rate", "accuracy", ("model and updates", "rate")
        ),
        "peft_where": lambda r: pivot(
            _named(r["where"]), "model and updates", "labels", "accuracy", ("model and updates", "labels per class")
        ),
        "peft_ranks": lambda r: pivot(r["ranks"], "r", "alpha", "accuracy", ("rank", "alpha")),
        "peft_merging": lambda r: _merging(r["where"]),
    },
    "language_heads": {
        "vectors": lambda r: _vectors(r["vectors"]),
        "language_pilot": lambda r: pivot(r["pilot"], "regime", "rate", "accuracy", ("regime", "rate")),
        "language_regimes": lambda r: _language_regimes(r["regimes"]),
    },
    "negative_transfer": negative_transfer_page.TABLES,
    "few_labels": few_labels_page.TABLES,
    "forgetting": {
        "forgetting_remedies": lambda r: listing(
            r["remedies"],
            ["remedy", "strength"],
            ["source", "target", "source, told the crop", "target, told the crop"],
        ),
        "forgetting_adapters": lambda r: upright(
            r["adapters"],
            "r",
            [f"{state}: {of}{told}" for state in ("on", "off") for told in ("", ", told the crop") for of in KEPT_OF],
        ),
        "forgetting_way_back": _way_back,
        "forgetting_intruders": lambda r: listing(
            r["intruders"],
            ["way", "rate"],
            [
                f"{model}: {of}, told the crop"
                for model in ("tuned", "without them", "without others")
                for of in KEPT_OF
            ],
            ["intruders in 100 directions"],
        ),
    },
}
PLOTS: dict[str, dict[str, Callable[[Results, Axes], None]]] = {
    "what_transfers": {"transfer": _plot_arms},
    "fine_tuning": {
        "learning_rates": _plot_rates,
        "unfreezing": _plot_unfreezing,
        "regimes": _plot_regimes,
        "distances": _plot_distances,
        "early_stopping": _plot_stopping,
    },
    "domain_adaptation": {"by_severity": _plot_severity, "streams": _plot_streams, "dann": _plot_dann},
    "shift_diagnosis": {"shift": _plot_shift},
    "masked_words": {},
    "lora_with_peft": {"peft_where": _plot_where},
    "language_heads": {"language_regimes": _plot_language_regimes},
    "negative_transfer": negative_transfer_page.PLOTS,
    "few_labels": few_labels_page.PLOTS,
    "forgetting": {"forgetting": _plot_kept},
}
