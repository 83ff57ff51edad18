"""The pages as files: well-formed, self-contained, accessible; what a learner wrote stays in its place."""

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from sample_class import FIRST, HOSTILE, NAMES, SECOND, half, layers, not_graded, sample_class, solved, submission

from grader.pages import write_pages
from grader.results import OutputNotWritable, RecordStore, safe_name
from tlcore import plots

VOID = {"meta", "img", "br", "hr", "input", "link", "line", "rect"}
INLINE = {"a", "bdi", "code", "span", "strong"}
ELEMENTS = set(
    re.findall(
        r"\w+",
        """html head meta title style script body a header main footer nav section article aside div p span h1 h2 h3 h4
        ul ol li dl dt dd table caption thead tbody tr th td figure figcaption img details summary code pre strong em
        abbr bdi svg rect line text""",
    )
)


class Page(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, its text, and whether all are closed."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.source = path.read_text(encoding="utf-8")
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.inside: list[str] = []
        self.strays: list[str] = []
        self.raw: dict[str, str] = {"style": "", "script": ""}
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.inside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.inside or self.inside.pop() != tag:
            self.strays.append(tag)
        if tag not in INLINE:
            self.text += " "

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1] in self.raw:
            self.raw[self.inside[-1]] += data
        else:
            self.text += data

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graded")
    assert write_pages(folder, sample_class()) == folder / "index.html"
    return folder


@pytest.fixture(scope="module")
def pages(out: Path) -> dict[str, Page]:
    return {path.relative_to(out).as_posix(): Page(path) for path in sorted(out.rglob("*.html"))}


def page_of(pages: dict[str, Page], learner: str) -> Page:
    return pages[f"feedback/{safe_name(learner)}.html"]


def test_a_page_for_every_learner_and_one_for_the_class(pages: dict[str, Page]) -> None:
    assert set(pages) == {"index.html", *(f"feedback/{safe_name(name)}.html" for name in NAMES)}


def test_only_our_own_elements_and_all_closed(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert {tag for tag, _ in page.elements} <= ELEMENTS, name
        assert (page.inside, page.strays) == ([], []), name
        # A doctype, and nothing that would be read otherwise than it was written.
        assert page.source.startswith("<!DOCTYPE html>\n<html lang=")


def test_hostile_text_is_text(pages: dict[str, Page]) -> None:
    page = page_of(pages, "<script>alert(1)</script>")
    assert page.all("script") == []
    assert "<script>alert(1)</script><img src=x onerror=alert(2)>" in page.text
    assert "{{ 7*7 }}" in page.text
    for name, page in pages.items():
        for tag, attributes in page.elements:
            assert not [key for key in attributes if key.startswith("on") or key == "style"], (name, tag)
        # Numeric references could bring back what was taken out.
        for text in (page.source, page.text):
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]", text), (
                name
            )
    assert HOSTILE not in page_of(pages, "<script>alert(1)</script>").source


def test_long_text_is_cut(pages: dict[str, Page], out: Path) -> None:
    page = page_of(pages, "Anna")
    assert "(cut: 100,000 characters in all)" in page.text
    assert len(page.text) < 15_000
    assert "x" * 300 not in pages["index.html"].text


def test_headings_are_in_order(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1, name
        assert levels.count(1) == 1, name
        for before, after in pairwise(levels):
            assert after <= before + 1, (name, levels)


def test_images_have_words(pages: dict[str, Page]) -> None:
    for page in pages.values():
        for image in page.all("img"):
            assert len(image["alt"] or "") > 20
            assert re.fullmatch(r"data:image/png;base64,[A-Za-z0-9+/=]+", image["src"] or "")
        for drawing in page.all("svg"):
            assert drawing.get("aria-hidden") == "true" or len(drawing.get("aria-label") or "") > 10
    assert [image["alt"] for image in page_of(pages, "../x").all("img")] == [plots.describe(layers())]


def links(page: Page) -> Iterator[str]:
    return (str(anchor["href"]) for anchor in page.all("a"))


def test_every_link_resolves_inside_the_folder(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        ids = [str(attributes["id"]) for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids)), name
        for attribute in ("aria-labelledby",):
            assert {str(a[attribute]) for _, a in page.elements if attribute in a} <= set(ids), name
        for link in links(page):
            assert (link[1:] in ids) if link.startswith("#") else (link in pages), (name, link)
    # A learner gets this one file: it leads to no other.
    assert all(link.startswith("#") for name, page in pages.items() if name != "index.html" for link in links(page))
    assert {link for link in links(pages["index.html"]) if link[0] != "#"} == set(pages) - {"index.html"}


def test_self_contained(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        for tag, attributes in page.elements:
            for key in ("src", "href", "action", "data", "srcset", "poster", "xlink:href", "background"):
                assert re.match(r"(#|data:image/png;base64,|feedback/|$)", attributes.get(key) or ""), (name, tag)
        assert "url(" not in page.raw["style"]
        assert "@import" not in page.raw["style"]


def test_policy_allows_only_our_own_style_and_script(pages: dict[str, Page]) -> None:
    def digest(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    for name, page in pages.items():
        policy = page.all("meta")[1]
        assert policy["http-equiv"] == "Content-Security-Policy"
        rules = dict(rule.strip().split(" ", 1) for rule in (policy["content"] or "").split(";"))
        assert rules["default-src"] == "'none'"
        assert rules["img-src"] == "data:"
        assert rules["style-src"] == digest(page.raw["style"])
        assert len(page.all("script")) == (1 if name == "index.html" else 0)
        assert rules.get("script-src") == (digest(page.raw["script"]) if name == "index.html" else None)


def test_landmarks_and_tables(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        tags = [tag for tag, _ in page.elements]
        for landmark in ("header", "main", "footer", "title"):
            assert tags.count(landmark) == 1, (name, landmark)
        assert page.all("html") == [{"lang": "en"}]
        assert page.all("a")[0] == {"class": "skip", "href": "#main"}
        assert any(meta.get("name") == "viewport" for meta in page.all("meta"))
        assert tags.count("caption") == tags.count("table")
        assert all(head.get("scope") in ("col", "row") for head in page.all("th"))
        for rule in (":focus-visible", "prefers-color-scheme: dark", "@media print", "max-width"):
            assert rule in page.raw["style"]


def test_what_a_learner_reads(pages: dict[str, Page]) -> None:
    text = " ".join(page_of(pages, "Zoë O'Neil").text.split())
    for said in (
        "Zoë O'Neil",
        "2 of 3 points",
        "02 · Feature extraction",
        "Partly solved",
        "Your function set requires_grad on the module",
        "A question to ask yourself What does the optimizer hold: the module, or its parameters?",
        "Expected stem moved by 0 stage 1 moved by 0",
        "Yours stem moved by 0.4",
        "04 · LoRA from scratch",
        "The notebook is not JSON: it ends in the middle of line 12.",
        "This is not a zero",
        "Put transfer learning to work in vision",
        "isolation full",
        "tl-exercises 0.1.0",
    ):
        assert said in text, said
    # Whoever knows the seed and has this package can draw the hidden inputs.
    assert "9f86d081884c7d65" not in text
    assert "found by its function" in page_of(pages, "../x").text
    assert "Everything works" in page_of(pages, "anna").text
    assert "cannot be drawn" in page_of(pages, NAMES[3]).text


def test_what_the_instructor_reads(pages: dict[str, Page]) -> None:
    text = " ".join(pages["index.html"].text.split())
    for said in (
        "10 learners, 13 notebooks of 2 exercises, 3 questions. 3 notebooks could not be graded.",
        # First what to teach again: the question, how many, what they believe, what to ask, where it is treated.
        "Teach again 2.1 Freeze 3 of the 8 who answered (38%) hold this idea: Flag on the module. An attribute that",
        "Ask: What does the optimizer hold: the module, or its parameters? Section 2.1 of notebook 02 treats it. "
        "It cost 3 points in all.",
        "Not reached 0 answers left blank",
        "Wrong, and not recognised 4 answers that no known idea explains, no two alike.",
        "Stopped with an error 3 answers that did not run to the end",
        "Who needs a word",
        "2.1 Freeze 54% 2 3 0 3 0 0",  # solved, partly, not yet, stopped, not reached, not graded
        "The notebook could not be read: it is an empty file.",
        "isolation reduced",
        "Zoë O'Neil 2 67% 50% 0 67% not graded",  # notebooks, of handed in, of all, blank, 02, 04
    ):
        assert said in text, said
    drawing = next(svg for svg in pages["index.html"].all("svg") if "aria-label" in svg)
    label = " ".join(str(drawing["aria-label"]).split())
    assert label == (
        "Distribution of scores. 3 scored 0 to 10 per cent. 3 scored 60 to 70 per cent. 2 scored 90 to 100 per cent."
    )


def test_a_made_up_exercise_adds_no_column(pages: dict[str, Page]) -> None:
    assert [head.get("title") for head in pages["index.html"].all("abbr")] == [
        "02 · Feature extraction",
        "04 · LoRA from scratch",
    ]


def test_each_number_leads_to_the_learners_behind_it(pages: dict[str, Page]) -> None:
    """What links of the first screen lead to holds the names."""
    source = pages["index.html"].source
    held = re.search(r'<a href="#([^"]+)">hold this idea</a>', source)
    assert held is not None
    names = re.search(rf'<span class="named" id="{held[1]}">(.*?)</span>', source, re.S)
    assert names is not None
    found = re.findall(r'href="(feedback/[^"]+)"', names[1])
    assert found == [f"feedback/{safe_name(name)}.html" for name in ("../x", "x" * 300, "Zoë O'Neil")]


def test_nobody(tmp_path: Path) -> None:
    page = Page(write_pages(tmp_path, []))
    assert "no graded submissions in this folder yet" in page.text


def test_only_not_graded(tmp_path: Path) -> None:
    page = Page(write_pages(tmp_path, [not_graded("anna", "an empty file")]))
    assert "Nothing could be graded yet" in page.text
    assert "an empty file" in page.text


def test_a_question_that_could_not_be_graded(tmp_path: Path) -> None:
    questions = solved()
    questions[1].update(status="not_graded", points=0.0, behaviours=[], message="The sandbox was stopped.")
    page = Page(write_pages(tmp_path, [submission("anna", questions)]))
    assert "Question Replace the head: The sandbox was stopped." in page.text
    assert "Not graded yet" in Page(tmp_path / "feedback" / "anna.html").text


def test_streaming_from_the_store(tmp_path: Path, out: Path) -> None:
    store = RecordStore(tmp_path)
    for record in sample_class():
        store.write(record)
    told: list[str] = []
    write_pages(tmp_path, store.records(), told.append)
    assert sorted(told) == sorted(NAMES)
    for path in out.rglob("*.html"):
        assert (tmp_path / path.relative_to(out)).read_bytes() == path.read_bytes()


def test_an_iterator_that_mixes_learners_is_refused(tmp_path: Path) -> None:
    mixed = [submission("a", half()), submission("b", half()), submission("a", half(), SECOND)]
    with pytest.raises(ValueError, match="must come together"):
        write_pages(tmp_path, iter(mixed))
    assert write_pages(tmp_path, mixed).exists()
    assert FIRST[:2] in Page(tmp_path / "feedback" / "a.html").text


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "feedback").write_text("in the way")
    with pytest.raises(OutputNotWritable, match="feedback"):
        write_pages(tmp_path, sample_class())
