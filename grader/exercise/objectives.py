"""The objectives of the workshop (CURRICULUM.md), as the pages explain them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Objective:
    """One objective: its code as questions name it, a short title, and what it means."""

    code: str
    title: str
    meaning: str


OBJECTIVES = {
    each.code: each
    for each in (
        Objective(
            "O1",
            "Define transfer learning and explain its advantages",
            "Say what moves from one task to another, and tell a higher start, a steeper slope and a higher end apart.",
        ),
        Objective(
            "O2",
            "Tell domain adaptation, feature extraction, fine-tuning and LoRA apart",
            "Know for each what learns, what stays as it was, and what has to be stored afterwards.",
        ),
        Objective(
            "O3",
            "Put transfer learning to work in Python and Jupyter",
            "Write the code and check that it does what you think it does, in vision and in language.",
        ),
        Objective(
            "O3V",
            "Put transfer learning to work in vision",
            "Freeze, replace heads, extract features, fine-tune image models, and check what they did.",
        ),
        Objective(
            "O3L",
            "Put transfer learning to work in language",
            "Adapt text models, with masks, poolers, heads and adapters where they belong.",
        ),
        Objective(
            "O4",
            "Evaluate it against other regimes",
            "Compare fairly, for example with training from scratch or pre-training on a limited data set: same data, "
            "same budget, several seeds, and a test set that is read once.",
        ),
        Objective(
            "O5",
            "Troubleshoot catastrophic forgetting and negative transfer",
            "Notice when adapting destroys what the model knew, or when the source does harm, and choose a remedy.",
        ),
    )
}


def mentioned(codes: list[str]) -> list[Objective]:
    """The objectives among `codes`, each once, in the order of the curriculum; unknown codes are left out."""
    return [objective for code, objective in OBJECTIVES.items() if code in codes]
