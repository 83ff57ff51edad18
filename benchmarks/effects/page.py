"""Which tables and plots docs/effects.md has, by topic."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes

from benchmarks.effects import (
    domain_adaptation_page,
    few_labels_page,
    fine_tuning_page,
    forgetting_page,
    language_heads_page,
    lora_with_peft_page,
    masked_words_page,
    negative_transfer_page,
    shift_diagnosis_page,
    what_transfers_page,
)
from benchmarks.effects.common import Results

TABLES: dict[str, dict[str, Callable[[Results], str]]] = {
    "what_transfers": what_transfers_page.TABLES,
    "few_labels": few_labels_page.TABLES,
    "fine_tuning": fine_tuning_page.TABLES,
    "domain_adaptation": domain_adaptation_page.TABLES,
    "shift_diagnosis": shift_diagnosis_page.TABLES,
    "masked_words": masked_words_page.TABLES,
    "lora_with_peft": lora_with_peft_page.TABLES,
    "language_heads": language_heads_page.TABLES,
    "forgetting": forgetting_page.TABLES,
    "negative_transfer": negative_transfer_page.TABLES,
}
PLOTS: dict[str, dict[str, Callable[[Results, Axes], None]]] = {
    "what_transfers": what_transfers_page.PLOTS,
    "few_labels": few_labels_page.PLOTS,
    "fine_tuning": fine_tuning_page.PLOTS,
    "domain_adaptation": domain_adaptation_page.PLOTS,
    "shift_diagnosis": shift_diagnosis_page.PLOTS,
    "masked_words": masked_words_page.PLOTS,
    "lora_with_peft": lora_with_peft_page.PLOTS,
    "language_heads": language_heads_page.PLOTS,
    "forgetting": forgetting_page.PLOTS,
    "negative_transfer": negative_transfer_page.PLOTS,
}
