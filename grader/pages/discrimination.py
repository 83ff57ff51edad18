"""Whether a question tells learners apart: the correlation of its points with the rest of the notebook's.

Corrected item-rest correlation: the question itself is left out of the rest, for it would correlate with itself. Only
learners who handed in the same notebook are compared.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import StatisticsError, correlation

LEAST = 20
"""Fewer learners give a number that the next class would not repeat: its standard error is above 0.2."""
DIFFER = 3
"""So many learners at least must have another score than the commonest."""

Row = Mapping[str, tuple[float, float]]
"""Of one learner and notebook: question -> (points, maximum), without what could not be graded."""


def item_rest(question: str, rows: Sequence[Row]) -> float | None:
    """The correlation, -1 to 1, or None where there are too few learners or too little variation."""
    pairs = []
    for row in rows:
        rest = [score for other, score in row.items() if other != question]
        most = sum(maximum for _, maximum in rest)
        if question in row and row[question][1] and most:
            pairs.append((row[question][0] / row[question][1], sum(points for points, _ in rest) / most))
    if len(pairs) < LEAST:
        return None
    commonest = Counter(round(own, 6) for own, _ in pairs).most_common(1)[0][1]
    if len(pairs) - commonest < DIFFER:
        return None
    try:
        return correlation([own for own, _ in pairs], [rest for _, rest in pairs])
    except StatisticsError:  # the rest is the same for everybody
        return None


def in_words(value: float) -> str:
    """What a correlation says of a question, in two or three words. The bounds are those of Ebel and Frisbie,
    Essentials of Educational Measurement: 0.3 is good, below 0.2 is poor."""
    if value >= 0.3:
        return "tells apart"
    if value >= 0.2:
        return "tells a little"
    return "tells little" if value > -0.1 else "the wrong way round"
