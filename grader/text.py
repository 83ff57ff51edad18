"""Text that a learner may have written, made harmless to show: no control, no direction, no disguise."""

import re
import unicodedata

# Escape sequences of terminals: CSI, OSC (ended by BEL or ST) and the two-character ones.
_ANSI = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)?|\x1b[@-Z\\-_]?|\x9b[0-?]*[ -/]*[@-~]"
)
# Bidirectional controls can show text in an order other than the one it is in (CVE-2021-42574); byte order marks,
# invisible operators and tag characters hide text; U+2028/9 are line ends.
_HIDDEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
# What takes no ink but may look like nothing, or make one name look like another's: soft hyphens, joiners and vowels
# without a form, fillers, the blank of braille, beams and slurs.
_BLANK = re.compile("[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\U0001d173-\U0001d17a]")
_MARKS = 3  # combining marks kept on one character; more is a stack that covers the lines above
# The last four are the full-width forms, which spreadsheets read alike.
_FORMULA = "=+-@|%\uff1d\uff0b\uff0d\uff20"
# Where a comma is the decimal sign, spreadsheets split a line at semicolons, and heed no quotes round them.
_SPLIT = re.compile(rf"([;|])(?=[\s\"'`]*[{re.escape(_FORMULA)}])")


def clean(text: str, limit: int = 2000) -> str:
    """`text` without escape sequences, control or hidden characters, at most `limit` characters (then with a note).

    Line ends and tabs stay. It is still to be escaped for where it goes (jinja2 does so for pages).
    """
    total = len(text)
    text = _ANSI.sub("", text[: 4 * limit + 4096])
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = _BLANK.sub("", _HIDDEN.sub("", text))
    kept: list[str] = []
    marks = 0
    for letter in text:
        category = unicodedata.category(letter)
        if category in ("Mn", "Me"):
            marks += 1
            if marks > _MARKS:
                continue
        else:
            marks = 0
        if category in ("Cc", "Cs", "Cn", "Co") and letter not in "\n\t":
            letter = "\N{REPLACEMENT CHARACTER}"
        kept.append(letter)
        if len(kept) > limit:
            break
    if len(kept) > limit or total > 4 * limit + 4096:
        return "".join(kept[:limit]).rstrip() + f" … (cut: {total:,} characters in all)"
    return "".join(kept)


def one_line(text: str, limit: int = 120) -> str:
    """`clean`, and all white space as single spaces; a text with nothing to see becomes `(no name)`."""
    flat = " ".join(clean(text, 4 * limit).split())
    if len(flat) > limit:
        flat = flat[: limit - 1].rstrip() + "…"
    return flat or "(no name)"


def cell_text(text: str, limit: int = 1000) -> str:
    """`text` for a cell of a CSV file, in one line: nothing in it becomes a formula, wherever a spreadsheet splits it.

    An apostrophe goes before what would be one (OWASP, CSV injection), at the start and after every semicolon.
    """
    flat = _SPLIT.sub(r"\1'", one_line(text, limit)) if text else ""
    return f"'{flat}" if flat and flat[0] in _FORMULA else flat
