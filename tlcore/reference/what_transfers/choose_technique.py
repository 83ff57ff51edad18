"""Which techniques a situation allows: hard constraints only, and arithmetic about memory and disk."""

from __future__ import annotations

from typing import Any


def choose_technique(s: dict[str, Any]) -> set[str]:
    """All techniques that nothing in the scenario `s` rules out; the empty set if nothing is left.

    Args:
        s: `access` ("weights" or "embeddings"), `target_labels` and `target_unlabelled` (numbers of examples),
            `source_data` and `same_classes` (bool), `parameters`, `adapter_parameters` and `head_parameters` (numbers
            of parameters), `memory_gb` and `disk_gb`, `customers`, `one_copy` (bool); what else it says decides
            nothing.

    Returns:
        Some of "feature_extraction", "full_fine_tuning", "lora" and "domain_adaptation".

    Memory: float32 weights take 4 bytes; what learns with Adam takes 16 (weight, gradient, two moments).
    """
    gb = 1e9
    # 1. an API that gives embeddings only: what can be done with those?
    # 2. what asks for labels of the target, and what can do without them?
    # 3. memory for training: 4 bytes for a weight that stands still, 16 for one that learns
    # 4. disk: what has to be kept for each customer, and what is kept once?
    # 5. may the base be changed at all?
    ### BEGIN SOLUTION
    base, adapter, head = s["parameters"], s["adapter_parameters"], s["head_parameters"]
    learns = {
        "feature_extraction": head,
        "lora": adapter + head,
        "full_fine_tuning": base + head,
        "domain_adaptation": base + head,
    }
    possible = set()
    for technique, count in learns.items():
        changes_base = technique in ("full_fine_tuning", "domain_adaptation")
        if technique == "domain_adaptation":
            data = s["source_data"] and s["same_classes"] and s["target_unlabelled"] > 0
        else:
            data = s["target_labels"] > 0
        if s["access"] == "embeddings":
            fits = technique == "feature_extraction"
        else:
            memory = 16 * count if changes_base else 4 * base + 16 * count
            disk = s["customers"] * 4 * count + (0 if changes_base else 4 * base)
            fits = memory <= s["memory_gb"] * gb and disk <= s["disk_gb"] * gb
        if data and fits and not (changes_base and s["one_copy"]):
            possible.add(technique)
    return possible
    ### END SOLUTION
