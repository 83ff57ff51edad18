"""A learner's Markdown as HTML that can do nothing but be read, in whatever page it ends up.

It is rendered as Jupyter would, but that HTML tags are text: a learner who writes `a<b` means it. Then it goes through
nh3, a sanitiser that parses HTML as browsers do and keeps what is listed here. The result is Markdown again: one block
of HTML, in which no sign is left that Markdown or a page's formulas would read anew.
"""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import unquote

import nh3
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grader.channels.tex import harmless_tex
from grader.text import clean

MAX_LENGTH = 20_000
"""Characters of one text cell that are shown. Twenty lines are an essay; Markdown of a million takes minutes."""
MAX_SIGNS = 5_000
"""Signs in it that Markdown may read: the time that it takes grows with their square."""
MAX_PICTURE = 8 * 2**20
"""Characters of base64 of one picture."""
_PICTURE = re.compile(r"image/(?:png|jpeg|gif|webp)")
"""Formats of pixels. SVG is a program."""
_EMBEDDED = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*")
_LINK = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20]*", re.IGNORECASE)
_TAGS = set(
    "a b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li ol p pre s strong sub sup"
    " table tbody td th thead tr u ul".split()
)
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "td": {"colspan"}, "th": {"colspan"}}
_WORDS = re.compile(r"(?:[^\W_]|[\s.,;'\"?()%/+-])*")
"""Text in which Markdown, HTML and TeX find nothing to do."""
_SIGN = re.compile(r"[^\w\s.,;'\"?]|_")
_TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
_ACTIVE = re.compile(r"[\\`*_\[\]$~{}|^:]")


def harmless_markdown(source: str, attachments: object = None) -> str:
    """Markdown for what `source` shows: its words as they are; with anything else in it, a block of sanitised HTML.

    attachments: of the cell, name -> kind -> base64. A picture of another kind than pixels is named, and not shown.
    """
    source = clean(source, MAX_LENGTH)
    if _WORDS.fullmatch(source):
        return source
    return f"<div>{_inert(_sanitised(source, attachments))}</div>"


def harmless_html(source: str, attachments: object = None) -> str:
    """HTML for what `source`, Markdown, shows, for a page that reads nothing in it anew."""
    return _sanitised(clean(source, MAX_LENGTH), attachments)


def _sanitised(source: str, attachments: object) -> str:
    return nh3.clean(
        _rendered(source, attachments),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
    )


def _rendered(source: str, attachments: object) -> str:
    if len(_SIGN.findall(source)) <= MAX_SIGNS:
        try:
            return str(MarkdownWithMath(renderer=_Renderer(attachments)).render(source))
        except Exception:  # whatever a renderer stumbles over, such as depth: the text is there to be read
            pass
    return f"<pre>{html.escape(source)}</pre>"


class _Renderer(IPythonRenderer):
    """As Jupyter renders, without colours in code, anchors and diagrams, and with a picture's name if it is not shown.

    No picture is loaded from elsewhere: that would tell its owner who reads the page, and when.
    """

    def __init__(self, attachments: object) -> None:
        super().__init__(escape=True, exclude_anchor_links=True)
        self._left: dict[Any, Any] = dict(attachments) if isinstance(attachments, dict) else {}

    def block_code(self, code: str, info: str | None = None) -> str:
        return f"<pre><code>{html.escape(code)}</code></pre>\n"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        url, alt = html.unescape(url), html.escape(html.unescape(text))
        address = self._attached(url.removeprefix("attachment:")) if url.startswith("attachment:") else url
        if address is not None and _EMBEDDED.fullmatch(address):
            return f'<img src="{address}" alt="{alt}">'
        name = html.escape(url.removeprefix("attachment:").partition(",")[0][:200])
        shown = f'<a href="{name}">{name}</a>' if _LINK.fullmatch(url) else name
        return f"<em>(a picture that is not shown here: {alt} {shown})</em>"

    def _attached(self, name: str) -> str | None:
        """An attached picture's address. Each is there once: a small file must not become a large page."""
        kinds = self._left.pop(name, None) or self._left.pop(unquote(name), None)
        for kind, data in kinds.items() if isinstance(kinds, dict) else ():
            if isinstance(data, str) and _PICTURE.fullmatch(kind) and len(data) <= MAX_PICTURE:
                return f"data:{kind};base64,{''.join(data.split())}"
        return None


def _attribute(tag: str, name: str, value: str) -> str | None:
    """The value that an attribute keeps; None where it has to go."""
    if name == "src":
        return value if _EMBEDDED.fullmatch(value) else None
    if name == "href":
        return value if _LINK.fullmatch(value) else None
    return " ".join(value.split())


def _inert(page: str) -> str:
    """HTML in one piece, without an empty line, in which no character is Markdown and no formula is a program."""
    parts: list[str] = []
    place, open_code, open_pre = 0, 0, 0
    for tag in _TAG.finditer(page):
        parts.append(_inert_text(page[place : tag.start()], open_code > 0, open_pre > 0))
        parts.append(_ACTIVE.sub(_entity, " ".join(tag[0].split())))
        open_code += (tag[0] in ("<code>", "<pre>")) - (tag[0] in ("</code>", "</pre>"))
        open_pre += (tag[0] == "<pre>") - (tag[0] == "</pre>")
        place = tag.end()
    return "".join([*parts, _inert_text(page[place:], False, False)])


def _inert_text(text: str, code: bool, preformatted: bool) -> str:
    plain = html.unescape(text)
    # Pages typeset no formula in code, where "\n" is a line end.
    plain = html.escape(plain if code else harmless_tex(plain), quote=False)
    if preformatted:
        return _ACTIVE.sub(_entity, plain).replace("\n", "&#10;")
    return _ACTIVE.sub(_entity, re.sub(r"\s*\n\s*", "\n", plain))


def _entity(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"
