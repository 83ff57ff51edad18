"""What would act in a browser or on a terminal instead of being read."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_TAGS = {"iframe", "object", "embed", "form", "base", "link", "svg:script", "input", "textarea", "button"}


class _Looking(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a page of ours never has."""
        self.scripts += tag == "script"
        if tag in _TAGS:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on"):
                self.found.append(f"<{tag} {name}>")
            if name in ("src", "href", "xlink:href") and re.match(r"\s*(?!data:image/|#)(\w+:|//)", value or ""):
                self.found.append(f"<{tag} {name}={value}>")


def acts_on_a_page(page: str) -> list[str]:
    """Active parts of an HTML page that are not the one script of the class page."""
    looking = _Looking()
    looking.feed(page)
    looking.close()
    return looking.found + ["<script>"] * (looking.scripts - 1) + _ACTS.findall(page)


def acts_on_a_terminal(text: str) -> list[str]:
    """Control, escape and direction characters."""
    return _ACTS.findall(text)
