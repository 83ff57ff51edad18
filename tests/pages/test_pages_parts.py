"""The parts of the pages: palette, words, pictures, the class in numbers, and how much they cost."""

import re
import tracemalloc
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from sample_class import half, layers, not_graded, solved, submission, wrong

from grader.exercise.objectives import OBJECTIVES
from grader.pages import palette, write_pages
from grader.pages.classroom import Classroom
from grader.pages.pictures import KEPT, Gallery
from grader.pages.wording import by_hand, encouragement, excerpt, exercise_title, number, percent, plain_name, prose
from grader.results import SubmissionResult


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_as_the_standard_computes_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
def test_every_text_can_be_read(colours: dict[str, str]) -> None:
    for text, ground in palette.TEXT_PAIRS:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


@pytest.mark.parametrize("colours", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
def test_bars_stand_out(colours: dict[str, str]) -> None:
    for state in (*palette.STATES, "accent"):
        assert contrast(colours[state], colours["surface"]) >= 3, state
    assert len({colours[a] for a, b in combinations(palette.STATES, 2)} | {colours["waiting"]}) == len(palette.STATES)


def test_the_style_sheet_uses_only_colours_of_the_palette() -> None:
    sheet = "".join(path.read_text() for path in Path(palette.__file__).parent.glob("templates/*.css"))
    assert set(re.findall(r"var\(--([a-z-]+)\)", sheet)) <= set(palette.LIGHT)
    assert set(palette.LIGHT) == set(palette.DARK)
    # White stands behind pictures, and is the paper in print.
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", sheet)) == {"#fff"}


def test_prose_escapes_and_marks_code() -> None:
    assert prose("set `a < b` & <b>go</b>") == "set <code>a &lt; b</code> &amp; &lt;b&gt;go&lt;/b&gt;"
    assert prose("`</code><script>`") == "<code>&lt;/code&gt;&lt;script&gt;</code>"
    assert prose("one ` only") == "one ` only"


def test_excerpt_keeps_the_first_lines() -> None:
    assert excerpt("\n".join("abc" for _ in range(20)), lines=2) == "abc\nabc\n… (18 more lines)"
    assert excerpt("x" * 900).startswith("x" * 800 + " … (cut: 900")


def test_numbers_and_names() -> None:
    assert [number(x) for x in (7.0, 7.5, 1 / 3, 0.0, 0.1 + 0.2)] == ["7", "7.5", "0.33", "0", "0.3"]
    assert [percent(x) for x in (0.0, 0.001, 0.5, 0.999, 1.0)] == ["0%", "1%", "50%", "99%", "100%"]
    assert plain_name("flag_on_the_module") == "flag on the module"
    assert exercise_title("02_feature_extraction") == "02 · Feature extraction"
    assert exercise_title("04_lora_from_scratch") == "04 · LoRA from scratch"
    assert exercise_title("05_lora_with_peft") == "05 · LoRA with PEFT"
    assert exercise_title("../x") == "../x"


def test_encouragement_fits_the_score() -> None:
    said = [encouragement([submission("a", questions)]) for questions in (solved(), half(), half()[:1], wrong())]
    assert "Everything works" in said[0]
    assert "Most of this works" in said[1]
    assert "A start is made" in said[2]
    assert "that is fine" in said[3]
    assert "no score yet" in encouragement([not_graded("a", "empty")])
    assert "Everything" in encouragement([submission("a", solved()), not_graded("a", "empty", "04_x")])


def test_objectives_of_the_curriculum() -> None:
    assert list(OBJECTIVES) == ["O1", "O2", "O3", "O3V", "O3L", "O4", "O5"]


def test_identical_pictures_are_drawn_once() -> None:
    gallery = Gallery()
    first = gallery.draw(layers())
    assert first is not None
    assert gallery.draw(layers()) is first
    assert gallery.drawn == 1
    assert gallery.draw(layers(0.5)) != first
    assert gallery.drawn == 2


@pytest.mark.parametrize(
    "picture",
    [
        {},
        {"kind": "nothing"},
        {"kind": ["layers"]},
        {"kind": "bars", "title": "t", "labels": ["a"], "yours": ["1"], "expected": [1]},
        {"kind": "bars", "title": "t", "labels": ["a"] * 100_000, "yours": [1] * 100_000, "expected": None},
        {"kind": "matrix", "title": "t", "yours": [[1], [1, 2]], "expected": None},
        {"kind": "lines", "title": "t", "series": {}, "x": []},
    ],
)
def test_a_malformed_picture_is_none(picture: dict[str, Any]) -> None:
    assert Gallery().draw(picture) is None


def test_the_class_in_numbers() -> None:
    room = Classroom()
    for share, count in ((0.0, 1), (0.3, 3), (1.0, 2)):
        for index in range(count):
            most = {"points": share, "max_points": 1.0, "behaviours": []}
            status = "passed" if share == 1 else "partial" if share else "failed"
            room.add(submission(f"{share}-{index}", [{**solved()[1], **most, "status": status}]), "feedback/x.html")
    exercise = room.exercises[0]
    assert exercise.bins == [1, 0, 0, 3, 0, 0, 0, 0, 0, 2]
    assert (exercise.median, exercise.mean) == (0.3, pytest.approx(2.9 / 6))
    question = exercise.questions["replace_head"]
    assert question.share == pytest.approx(2.9 / 6)
    assert question.counts == {"failed": 1, "partial": 3, "passed": 2}


def test_misconceptions_are_counted_once_a_learner_and_question() -> None:
    room = Classroom()
    for name in ("a", "b"):
        room.add(submission(name, half()), f"feedback/{name}.html")
    [(question, idea)] = room.ideas
    assert (question.id, idea.label) == ("freeze", "flag_on_the_module")
    assert [learner.name for learner in idea.holders] == ["a", "b"]
    assert idea.asks.startswith("What does the optimizer hold")


def test_memory_does_not_grow_with_the_records(tmp_path: Path) -> None:
    """A record here holds 200 kB of text; measured peaks: 3.6 MB for 30 learners, 5.3 MB for 120 (24 MB of text)."""

    def peak(count: int) -> int:
        def records() -> Iterator[SubmissionResult]:
            for index in range(count):
                questions = solved()
                for behaviour in questions[0]["behaviours"]:
                    behaviour.update(picture=None, observed=f"{index}" + "x" * 100_000)
                yield submission(f"learner{index:04}", questions)

        tracemalloc.start()
        try:
            write_pages(tmp_path, records())
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)  # templates are compiled and kept
    assert peak(120) - peak(30) < 6_000_000


def test_the_gallery_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = Gallery()
    drawn: list[dict[str, Any]] = []
    # Only which pictures are kept is of interest here; drawing them takes a second for every dozen.
    monkeypatch.setattr(gallery, "_render", drawn.append)
    for index in range(KEPT + 1):
        gallery.draw({"index": index})
    gallery.draw({"index": KEPT})
    assert len(drawn) == KEPT + 1
    gallery.draw({"index": 0})
    assert len(drawn) == KEPT + 2


def test_a_text_that_a_person_grades_is_named(tmp_path: Path) -> None:
    assert by_hand("02_feature_extraction") == (("explain", 1.0),)
    assert by_hand("99_unknown") == ()
    write_pages(tmp_path, [submission("Ada", solved()), not_graded("Ben", "the file is empty")])
    ada, ben = (p.read_text(encoding="utf-8") for p in sorted((tmp_path / "feedback").iterdir()))
    assert "<code>explain</code>, your own words, is <strong>graded by hand</strong>" in ada
    assert "gives up to 1 point." in ada and "graded by hand" not in ben
