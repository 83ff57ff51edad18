"""A PNG as an HTML element."""

from __future__ import annotations

import base64
import html

WIDTH = 600  # CSS pixels at most: letters as large as the notebook's own


def img_tag(data: bytes, words: str) -> str:
    """An `<img>` that holds its PNG, at most 600 pixels wide and never wider than the page, on white in dark themes."""
    source = base64.b64encode(data).decode("ascii")
    style = f"display:block;width:100%;max-width:{WIDTH}px;height:auto;margin:8px 0;background:#fff;border-radius:4px"
    return f'<img src="data:image/png;base64,{source}" alt="{html.escape(words)}" style="{style}">'
