"""Public check of `choose_technique`."""

from __future__ import annotations

from typing import Any

from tlcore import plots

EVERY = {"feature_extraction", "full_fine_tuning", "lora", "domain_adaptation"}
PLENTY: dict[str, Any] = {
    "access": "weights",
    "target_labels": 100,
    "target_unlabelled": 100,
    "source_data": True,
    "same_classes": True,
    "parameters": 100_000_000,
    "adapter_parameters": 1_000_000,
    "head_parameters": 100_000,
    "memory_gb": 100.0,
    "disk_gb": 100.0,
    "customers": 1,
    "one_copy": False,
    "architecture": "vision transformer",
    "domain_gap": "near",
}
CASES: list[tuple[str, dict[str, Any], set[str], str]] = [
    ("nothing is scarce", {}, EVERY, "Nothing is ruled out: all four."),
    ("a CNN, domains far apart", {"architecture": "CNN", "domain_gap": "far"}, EVERY, "That rules nothing out."),
    ("no labels of the target", {"target_labels": 0}, {"domain_adaptation"}, "Three of the four learn from labels."),
    ("no source data", {"source_data": False}, EVERY - {"domain_adaptation"}, "Where would its labels come from?"),
    ("embeddings only", {"access": "embeddings", "memory_gb": 0.0}, {"feature_extraction"}, "No gradient gets there."),
    (
        "1 GB of memory",
        {"memory_gb": 1.0},
        {"feature_extraction", "lora"},
        "16 bytes for each of 100 million parameters that learn are 1.6 GB.",
    ),
    (
        "0.41 GB of memory",
        {"memory_gb": 0.41},
        {"feature_extraction"},
        "The base alone is 0.4 GB; adapters and head that learn take 0.0176 GB more.",
    ),
    ("one copy of the base", {"one_copy": True}, {"feature_extraction", "lora"}, "Which of them change the base?"),
    (
        "10 customers, 2 GB of disk",
        {"customers": 10, "disk_gb": 2.0},
        {"feature_extraction", "lora"},
        "Ten changed bases are 4 GB; one base and ten adapters with heads are 0.444 GB.",
    ),
    ("0.3 GB of memory", {"memory_gb": 0.3}, set(), "The weights do not even fit: nothing is left."),
]


def check(choose_technique, show):
    rows, right = [], []
    for what, differs, expected, teach in CASES:
        show.tried(
            f"100 million parameters, plenty of everything but: {what}"
            if differs
            else f"100 million parameters: {what}"
        )
        answer = choose_technique({**PLENTY, **differs})
        if not show.that(answer is not None, "it returns a set", "Nothing came back: is a `return` missing?"):
            return
        answer = set(answer)
        show.expect("what is possible", answer, expected, teach)
        rows.append([float(name in answer) for name in sorted(EVERY)])
        right.append([float(name in expected) for name in sorted(EVERY)])
    columns = (
        "Columns: adaptation, extraction, full fine-tuning, LoRA; yellow is possible. Rows, from the top: nothing "
        "scarce, CNN, no labels, no source, embeddings, 1 GB, 0.41 GB, one copy, ten customers, 0.3 GB."
    )
    show.picture(plots.matrix("What is possible in ten cases", rows, right, caption=columns))
    show.untried("several things that are scarce at once, labels of one kind without the others, models of other sizes")
