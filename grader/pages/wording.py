"""The words and numbers of the pages, and the jinja filters that put text into them."""

import re

from markupsafe import Markup

from grader.results.record import SubmissionResult
from grader.results.status import Ended, State, Status
from grader.text import clean

# Status -> (class in the style sheet, sign, words for a learner, words for a column of the class page).
STATUSES: dict[State, tuple[str, str, str, str]] = {
    Status.PASSED: ("passed", "✓", "Solved", "Solved"),
    Status.PARTIAL: ("partial", "◐", "Partly solved", "Partly"),
    Status.FAILED: ("failed", "○", "Not yet", "Not yet"),
    Status.ERROR: ("error", "!", "Stopped with an error", "Error"),
    Ended.TIME: ("error", "◔", "Stopped: out of time", "Out of time"),
    Ended.CRASH: ("error", "×", "Stopped: Python itself ended", "Crashed"),
    Ended.BLANK: ("failed", "·", "Not reached", "Not reached"),
    Status.NOT_GRADED: ("waiting", "…", "Not graded yet", "Not graded"),
}

_CODE = re.compile(r"`([^`\n]{1,200})`")


def prose(text: str) -> Markup:
    """`text` escaped, with `...` as code. For messages, which may quote what a learner wrote."""
    parts = _CODE.split(clean(text, 1200))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else Markup("{}").format(part)
        for index, part in enumerate(parts)
    )


def excerpt(text: str, limit: int = 800, lines: int = 16) -> str:
    """The start of a long text: what was observed may be a whole print-out."""
    kept = clean(text, limit).splitlines()
    if len(kept) > lines:
        kept = [*kept[:lines], f"… ({len(kept) - lines} more lines)"]
    return "\n".join(kept)


def number(value: float) -> str:
    """Points without needless zeros: 7, 7.5, 0.33."""
    return f"{round(value, 2) + 0.0:g}"


def signed(value: float) -> str:
    """A difference of points, with its sign: +1.5, −0.33 (with a minus sign, which reads better than a hyphen)."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value))}"


def percent(share: float) -> str:
    """A share of 0 to 1 in whole per cent; never rounded up to 100 nor down to 0."""
    if 0 < share < 1:
        return f"{min(99, max(1, round(100 * share)))}%"
    return f"{round(100 * share)}%"


def plain_name(name: str) -> str:
    """A name of code in words: `flag_on_the_module` -> `flag on the module`."""
    return name.replace("_", " ")


def exercise_title(exercise: str) -> str:
    """`02_feature_extraction` -> `02 · Feature extraction`; `04_lora_from_scratch` -> `04 · LoRA from scratch`."""
    found = re.fullmatch(r"(\d+)_(.+)", exercise)
    if not found:
        return exercise
    words = found[2].replace("_", " ")
    words = words[:1].upper() + words[1:]
    return f"{found[1]} · " + re.sub(r"\blora\b", "LoRA", re.sub(r"\bpeft\b", "PEFT", words), flags=re.IGNORECASE)


def by_hand(exercise: str) -> tuple[tuple[str, float], ...]:
    """Id and points of each free text of an exercise that a person grades; none for an exercise that is not known."""
    from grader.exercise.catalogue import load_exercise
    from grader.exercise.errors import UnknownExercise

    try:
        return load_exercise(exercise).by_hand
    except UnknownExercise:
        return ()


def encouragement(records: list[SubmissionResult]) -> str:
    """One warm sentence on where the learner stands."""
    graded = [record for record in records if record.status == "graded"]
    if not graded:
        return "There is no score yet, and nothing is lost: below it says what stood in the way."
    most = sum(record.max_points for record in graded)
    share = sum(record.points for record in graded) / most if most else 0.0
    if share >= 1 - 1e-9:
        return "Everything works. Well done!"
    if share >= 0.6:
        return "Most of this works. The notes below show what is left, and a question to think about."
    if share > 0:
        return "A start is made. Take one question at a time: each note says what was seen and where to look."
    return "No points yet, and that is fine: each note below says what was seen and where to look next."
