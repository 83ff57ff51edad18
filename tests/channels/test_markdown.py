"""A learner's Markdown in a page: what is honest is shown, and nothing in it acts."""

import re
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune as jupyter

from grader.channels.markdown import MAX_LENGTH, harmless_markdown
from grader.channels.messages import as_html
from grader.channels.tex import harmless_tex
from grader.results import QuestionResult

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.text += data


def shown(source: str, attachments: object = None) -> Page:
    """What nbgrader's pages make of it, rendered as they render."""
    return Page(jupyter(harmless_markdown(source, attachments)))


def test_the_attacks_are_real():
    assert ("a", "href", "javascript:alert(1)") in Page(jupyter("[x](javascript:alert(1))")).attributes
    assert "script" in Page(jupyter("<script>alert(1)</script>")).tags
    assert "\\href{javascript:" in Page(jupyter(FORMULAS[0])).text
    with pytest.raises(Exception, match="missing attachment"):
        jupyter("![x](attachment:missing)")


LINKS = r"""javascript:alert(1)
JaVaScRiPt:alert(1)
java&#115;cript:alert(1)
&#x6A;avascript:alert(1)
java&Tab;script:alert(1)
java&NewLine;script:alert(1)
java&#0000010script:alert(1)
javascript&colon;alert(1)
javascript%3Aalert(1)
vbscript:msgbox(1)
data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==
data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+
data:image/png,x
blob:x
file:///etc/passwd
//example.org/x
/api/shutdown
view-source:javascript:alert(1)
\\u006aavascript:alert(1)
&#1;javascript:alert(1)
&#32;javascript:alert(1)
http&#58;javascript:alert(1)""".splitlines()
WAYS = [
    "[x]({})",
    "[x](<{}>)",
    "[x]: {}\n\n[x]",
    '[x]({} "title")',
    "![x]({})",
    "<{}>",
    '<a href="{}">x</a>',
    "<a href={}>x</a>",
    '<img src="{}">',
    "\\[x\\]({})",
    "`a`[x]({})",
    "| a |\n|---|\n| [x]({}) |",
    "> - [x]({})",
    "$$[x]({})$$",
    "\\\\[ [x]({}) \\\\]",
    "\\begin{{align}}[x]({})\\end{{align}}",
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("link", LINKS)
def test_no_link_leads_into_a_script(link: str, way: str):
    for page in (shown(way.format(link)), shown(f"text\n\n{way.format(link)}\n\n*more*")):
        for tag, name, value in page.attributes:
            if name == "href":
                assert tag == "a" and urlsplit(value).scheme in ("http", "https", "mailto"), value
            elif name == "src":
                assert tag == "img" and value.startswith(("data:image/png;base64,", "data:image/webp;base64,")), value
            else:
                assert name in ("rel", "title", "alt"), name


HTML = [
    "<script>alert(1)</script>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math href=javascript:alert(1)><mi>x</mi></math>",
    "<img src=x onerror=alert(1)>",
    "<style>body{display:none}</style>",
    '<p style="position:fixed;inset:0" class="score" id="submission_id">x</p>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action=javascript:alert(1)><button>x</button><input autofocus onfocus=alert(1)></form>",
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<base href=http://example.org/><meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<scr<script>ipt>alert(1)</script>",
    "</div></div><script>alert(1)</script>",
    "```html\n<script>alert(1)</script>\n```",
    "```mermaid\nclick A javascript:alert(1)\n```",
    "    <script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "$<script>alert(1)</script>$",
    "$$\n<script>alert(1)</script>\n$$",
    "\\begin{x}<script>alert(1)</script>\\end{x}",
    "[<script>alert(1)</script>](http://x)",
    "![<script>alert(1)</script>](http://x)",
    '![" onerror="alert(1)](http://x)',
    '[x](http://x "\\" onmouseover=\\"alert(1)")',
    '[x](http://x "$$") <b title="$$">x</b> [y](http://y "$$")',
    "[x](http://x\"onmouseover='alert(1)')",
    "<details open ontoggle=alert(1)>x</details>",
    "# <script>alert(1)</script>",
    "a\n\n<div>\n\n<script>alert(1)</script>",
    "\u2028<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\\<script>alert(1)\\</script>",
    "<script\x00>alert(1)</script>",
]
KEPT = set("a blockquote br code del div em h1 h2 img li ol p pre strong table tbody td th thead tr ul".split())


@pytest.mark.parametrize("source", HTML)
def test_no_html_of_a_learner_acts(source: str):
    page = shown(source)
    assert set(page.tags) <= KEPT
    assert {name for _, name, _ in page.attributes} <= {"href", "rel", "title", "alt", "src"}


FORMULAS = [
    r"$\href{javascript:alert(1)}{x}$",
    r"$$\href {javascript:alert(1)} {x}$$",
    r"\\(\href{javascript:alert(1)}{x}\\)",
    r"\\[\href{javascript:alert(1)}{x}\\]",
    r"\begin{align}\href{javascript:alert(1)}{x}\end{align}",
    r"$\text{\href{javascript:alert(1)}{x}}$",
    r"$\begin{align}\href{javascript:alert(1)}{x}\end{align}$",
    r"$\\\href{javascript:alert(1)}{x}$",
    r"$&#92;href{javascript:alert(1)}{x}$",
    r"$&bsol;href{javascript:alert(1)}{x}$",
    r"$&amp;#92;href{javascript:alert(1)}{x}$",
    r"\$\href{javascript:alert(1)}{x}$",
    "$\\<!-- -->href{javascript:alert(1)}{x}$",
    "$\\\u200bhref{javascript:alert(1)}{x}$",
    "$\\\u00adhref{javascript:alert(1)}{x}$",
    r"$\let\x\href\x{javascript:alert(1)}{x}$",
    r"$\def\frac#1#2{\href{javascript:alert(1)}{x}}$",
    r"$\newcommand{\alpha}{\href{javascript:alert(1)}{x}}$",
    r"$\csname href\endcsname{javascript:alert(1)}{x}$",
    r"$\require{href}\require{[http://example.org/x]}$",
    r"$\unicode[font-family:x;position:fixed]{65}$",
    r"$\style{position:fixed}{x}\class{score}{x}\cssId{submission_id}{x}$",
    r"$\mmlToken{mi}[href='javascript:alert(1)']{x}$",
    r"$\bbox[border:99em solid red]{x}\color{red}{x}\rule{99em}{99em}\hspace{-99em}$",
    r"$\label{x}\ref{x}\eqref{x}\tag{x}$",
    r"$\begin {href}x\end {href}$",
    r"$\begin{html}x\end{html}\begin\href{javascript:alert(1)}$",
    r"$\Href{x}\HREF{x}\texttip{x}{y}\mathtip{x}{y}\toggle{x}{y}\endtoggle$",
]


@pytest.mark.parametrize("source", FORMULAS)
def test_no_formula_is_a_program(source: str):
    known = set("begin end text alpha frac".split())
    for found in re.findall(r"\\+([a-zA-Z]+)\s*(?:\{([^{}]*)\})?", shown(source).text):
        assert found[0] in known, found
        assert found[0] not in ("begin", "end") or found[1] == "align"


@pytest.mark.parametrize(
    "formula",
    [
        r"$W + \frac{\alpha}{r} B A$",
        r"$$\hat{y} = \operatorname{softmax}(W x + b) \quad \text{with } W \in \mathbb{R}^{d \times k}$$",
        r"$\begin{pmatrix} a & b \\ x & y \end{pmatrix}, \\alpha$",
        r"$\left\lVert \sum_{i=1}^{n} x_i \right\rVert_2 \leq 1\,;\{ \}$",
        r"\begin{align*} a &= b \\ c &< d \end{align*}",
    ],
)
def test_an_honest_formula_is_typeset_as_ever(formula: str):
    assert harmless_tex(formula) == formula
    assert " ".join(shown(formula).text.split()) == " ".join(Page(jupyter(formula)).text.split())


def test_what_honest_learners_write_is_shown():
    source = (
        "# Why\n\nBecause **fewer** labels, *see* `x = a*b`:\n\n- one\n- two [there](https://example.org/a?b=c&d=e)\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        "```python\nfor i in x:\n\n\n    print('\\n', \"<b>\")\n```\n\n"
        "if a<b and c>d: 50 $ or C:\\data"
    )
    page = shown(source)
    assert {"h1", "strong", "em", "code", "ul", "table", "pre", "a"} <= set(page.tags)
    assert ("a", "href", "https://example.org/a?b=c&d=e") in page.attributes
    assert "for i in x:\n\n\n    print('\\n', \"<b>\")\n" in page.text and "if a<b and c>d: 50 $" in page.text
    plain = 'Fewer labels, and (see above) "less" memory; that is why.\n\n- 1. yes\n- no, 50% of 3/4 + 1 ünïcode'
    assert harmless_markdown(plain) == plain
    assert harmless_markdown(harmless_markdown("*a* $x$")) != ""


def test_pictures_of_pixels_are_shown_and_others_are_named():
    attached = {
        "a b.png": {"image/png": DOT},
        "w.webp": {"image/webp": "UklGRg=="},
        "p.svg": {"image/svg+xml": "PHN2Zz4="},
        "both": {"image/svg+xml": "PHN2Zz4=", "image/gif": "R0lG\nODlh"},
        "bad.png": {"image/png": 'x" onerror="alert(1)'},
        "n": 3,
        "e": {},
        "t": {"text/html": "<script>alert(1)</script>"},
    }
    names = ["a%20b.png", "w.webp", "p.svg", "both", "bad.png", "n", "e", "t", "missing", "a%20b.png"]
    page = shown(" ".join(f"![see {n}](attachment:{n})" for n in names), attached)
    sources = [value for _, name, value in page.attributes if name == "src"]
    assert sources == [
        f"data:image/png;base64,{DOT}",
        "data:image/webp;base64,UklGRg==",
        "data:image/gif;base64,R0lGODlh",
    ]
    for name in ("p.svg", "bad.png", "missing"):
        assert f"(a picture that is not shown here: see {name}" in page.text
    for strange in (None, 3, ["a"], {"x": ["y"]}, {3: 4}):
        assert "not shown here" in shown("![x](attachment:x)", strange).text
    assert "http://example.org/x.png" in shown("![x](http://example.org/x.png)").text


@pytest.mark.parametrize("piece", ["[", "*a **a ", "![[](", "`", "<a ", "](", "> ", "$", "\\begin{a}", "|a", "- a\n  "])
def test_a_text_made_to_take_long_takes_seconds_at_most(piece: str):
    for length in (5_000, MAX_LENGTH, 2_000_000):
        started = time.process_time()
        kept = harmless_markdown(piece * (length // len(piece)))
        jupyter(kept)
        assert time.process_time() - started < 5
    assert "(cut&#58; " in kept and len(kept) < 200_000


def test_a_message_that_quotes_a_learner_is_no_formula():
    question = QuestionResult("q", "Q", 1, [], 0, 1, "failed", message=r"ValueError: $\href{javascript:alert(1)}{x}$")
    page = Page(as_html(question))
    assert page.attributes[0] == ("div", "class", "mathjax_ignore tex2jax_ignore") and page.tags[0] == "div"
    assert as_html(question).endswith("</div>")


def test_pages_of_our_own_typeset_no_formula():
    templates = Path(__file__).parents[2] / "grader" / "pages" / "templates"
    assert not [path for path in templates.iterdir() if "mathjax" in path.read_text(encoding="utf-8").lower()]
