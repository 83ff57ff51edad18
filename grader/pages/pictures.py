"""Pictures as data URIs: drawn by tlcore.plots, each different one once."""

import base64
import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tlcore import plots

LARGEST = 400_000  # characters of JSON; the largest picture that tlcore.plots accepts has about a quarter of that
KEPT = 400  # drawn pictures held in memory, about 30 kB each


@dataclass(frozen=True)
class Drawn:
    """An image for a page: `uri` for src, `alt` for those who do not see it."""

    uri: Markup  # base64 of our own bytes: nothing in it to escape
    alt: str


class Gallery:
    """Draws pictures and remembers the latest: learners who make the same mistake share a picture."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Drawn | None] = OrderedDict()
        self.drawn = 0

    def draw(self, picture: dict[str, Any]) -> Drawn | None:
        """The picture as an image, or None where it cannot be drawn: its numbers come from untrusted code."""
        content = json.dumps(picture, sort_keys=True)
        if len(content) > LARGEST:
            return None
        key = hashlib.sha256(content.encode()).digest()
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        self._kept[key] = result = self._render(picture)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return result

    def _render(self, picture: dict[str, Any]) -> Drawn | None:
        self.drawn += 1
        try:
            image = base64.b64encode(plots.png(picture)).decode("ascii")
            return Drawn(Markup(f"data:image/png;base64,{image}"), plots.describe(picture))
        # ValueError is what tlcore.plots promises for a malformed picture; matplotlib may raise more on odd numbers
        # (overflow, layout), and one learner's picture must not cost the class its pages.
        except (ValueError, TypeError, ArithmeticError, LookupError, RuntimeError, MemoryError):
            return None
