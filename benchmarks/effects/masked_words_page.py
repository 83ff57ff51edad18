"""Tables and plots of notebook 08, masked words, for docs/effects.md."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes

from benchmarks.effects.common import Results
from benchmarks.effects.document import cell, markdown


def _masked_words(results: Results) -> str:
    (result,) = results["continued"]
    stages = list(dict.fromkeys(name.split(": ")[0] for name in result.values))
    lines = [["loss on hidden words of", "new posts", "new agency news"]]
    lines += [[s, *(cell(result, f"{s}: {kind}", 1, 2) for kind in ("posts", "agency news"))] for s in stages]
    return markdown(lines)


TABLES: dict[str, Callable[[Results], str]] = {"masked_words": _masked_words}
PLOTS: dict[str, Callable[[Results, Axes], None]] = {}
