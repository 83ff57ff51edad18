"""The folded hints of a question, as data: `tl check` offers the next one, the notebook shows all of them folded."""

import re

_TOKEN = re.compile(r"(<details\b[^>]*>|</details\s*>|<summary\b[^>]*>.*?</summary\s*>)", re.DOTALL | re.IGNORECASE)


def split_hints(markdown: str) -> list[str]:
    """The hints of a cell, from a nudge to nearly the answer, each as Markdown without its fold.

    A hint is what one `<details>` holds, without its `<summary>` and without hints folded inside it. Raises ValueError,
    with a phrase that says what is wrong, where the folds do not match or hold nothing.
    """
    hints: list[str] = []
    open_folds: list[int] = []
    for token in _TOKEN.split(markdown):
        lower = token.lower()
        if lower.startswith("<details"):
            open_folds.append(len(hints))
            hints.append("")
        elif lower.startswith("</details"):
            if not open_folds:
                raise ValueError("a </details> without its <details>")
            open_folds.pop()
        elif open_folds and not lower.startswith("<summary"):
            hints[open_folds[-1]] += token
    if open_folds:
        raise ValueError("a <details> without its </details>")
    hints = [hint.strip() for hint in hints]
    if not hints:
        raise ValueError("no <details><summary>Hint 1</summary> ... </details>")
    if not all(hints):
        raise ValueError("a hint without text")
    return hints
