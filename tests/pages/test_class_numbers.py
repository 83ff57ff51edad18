"""The numbers of the class page, on made-up classes for which the right answer is known."""

import json
import random
from pathlib import Path

import pytest
from large_class import large_class
from sample_class import behaviour, not_graded, question, submission

from grader.exercise.catalogue import exercise_names, load_exercise
from grader.exporting.collected import read_collected
from grader.judging.verdict import explain
from grader.pages import said, write_pages
from grader.pages.beliefs import belief, beliefs_of
from grader.pages.classroom import Classroom
from grader.pages.discrimination import LEAST, Row, in_words, item_rest
from grader.pages.learners import need_a_word
from grader.pages.writing import Pages
from grader.results import SubmissionResult, safe_name
from grader.student.answers import LearnerError
from tlcore.misconceptions import misconceptions_of

BLANK = {"status": "error", "ended": "blank", "behaviours": [], "points": 0.0}


def room_of(*records: SubmissionResult, missing: tuple[str, ...] = ()) -> Classroom:
    room = Classroom(missing)
    for record in records:
        room.add(record, f"feedback/{record.learner}.html")
    return room


def holding(id: str, points: float, most: float, *labels: str) -> dict[str, object]:
    """An answer that got `points` of `most` and holds some ideas."""
    made = question(id, id, [behaviour("it works", False)])
    made.update(points=points, max_points=most, status="partial" if points else "failed")
    return {**made, "misconceptions": list(labels)}


def right(id: str, most: float) -> dict[str, object]:
    return {**question(id, id, [behaviour("it works", True)]), "points": most, "max_points": most}


def test_what_costs_the_class_most_is_taught_again() -> None:
    """Ten learners. `a`: six lose 0.5 each (3). `b`: three lose 4 each (12). `c`: two lose 4 and hold two ideas, so
    that each costs 4. `d`: one alone loses 9, which is for a talk."""
    records = [
        submission(
            f"learner{n}",
            [
                holding("a", 1.5, 2.0, "small") if n < 6 else right("a", 2.0),
                holding("b", 0.0, 4.0, "large") if n < 3 else right("b", 4.0),
                holding("c", 0.0, 4.0, "one", "other") if n < 2 else right("c", 4.0),
                holding("d", 0.0, 9.0, "alone") if n == 9 else right("d", 9.0),
            ],
        )
        for n in range(10)
    ]
    again = room_of(*records).again
    assert [(each.question.id, each.idea.label, each.idea.lost) for each in again] == [
        ("b", "large", 12.0),
        ("c", "one", 4.0),
        ("a", "small", 3.0),
    ]
    assert [each.share for each in again] == [0.3, 0.2, 0.6]
    assert [each.others for each in again] == [0, 1, 0]


def test_blanks_do_not_count_among_those_who_answered() -> None:
    answers = [holding("a", 0.0, 2.0, "idea")] * 2 + [right("a", 2.0)] + [{**right("a", 2.0), **BLANK}] * 5
    room = room_of(*(submission(f"learner{n}", [answer]) for n, answer in enumerate(answers)))
    assert [(each.share, each.question.answered) for each in room.again] == [(2 / 3, 3)]
    assert [(each.id, each.blanks, each.graded) for each in room.not_reached] == [("a", 5, 8)]


def test_answers_that_nobody_recognised_are_grouped_by_what_they_do() -> None:
    def wrong(seen: str, *failing: str) -> dict[str, object]:
        parts = [behaviour(name, name not in failing, message=seen) for name in ("first", "second")]
        return question("a", "A", parts, message=seen)

    room = room_of(
        submission("ada", [wrong("The mean: expected 0.5; observed 0.25, 0.5. Why?", "first")]),
        submission("ben", [wrong("The mean: expected 0.5; observed 1.75, 0.5, 3e-5. Why?", "first")]),
        submission("cem", [wrong("The mean: expected 0.5; observed 0.25, 0.5. Why?", "first", "second")]),
        submission("dia", [wrong("The mean: expected 0.5; observed nothing. Why?", "first")]),
        submission("eva", [holding("a", 0.0, 2.0, "known")]),
        submission("fay", [right("a", 2.0)]),
    )
    assert room.unnamed == 4
    assert [[learner.name for learner in group.learners] for _, group in room.groups] == [
        ["ada", "ben"],
        ["dia"],
        ["cem"],
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Shape: expected [6, 5]; observed [9, 5].", "Shape: expected [12, 4]; observed [4, 12]."),
        ("Layers `a.b`: 3 × kamoto (44 numbers each)", "Layers `c`: 2 × rofire (58 numbers each)"),
        ("Your answer raised NameError: x. The line was: `x`.", "Your answer raised NameError: yy."),
        ("seen 0.1, 0.2, … (shape 6 × 6)", "seen -3, 1e-5, 2, 9, … (shape 4 × 9)"),
    ],
)
def test_messages_of_one_shape(one: str, other: str) -> None:
    assert said.shape(one) == said.shape(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Your answer raised NameError: x.", "Your answer raised TypeError: x."),
        ("seen 0.1, 0.2, … (shape 9 × 5)", "seen 0.1, 0.2, … (shape 45)"),
        ("seen 0.1, 0.2, … (shape 9 × 5)", "seen nan, nan, … (shape 9 × 5)"),
        ("The mean: expected 1; observed 2.", "The sum: expected 1; observed 2."),
        ("expected 1; observed nan-like words", "expected 1; observed nothing"),
    ],
)
def test_messages_of_different_shapes(one: str, other: str) -> None:
    assert said.shape(one) != said.shape(other)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (LearnerError("NameError", "name 'nn' is not defined", "nn.Linear(2, 2)"), "NameError"),
        (LearnerError("RuntimeError", "shapes do not fit"), "RuntimeError"),
        (LearnerError("SyntaxError", "invalid syntax (<x>, line 3)", "def"), "SyntaxError"),
        (LearnerError("SystemExit", "0", "exit()"), "SystemExit"),
        (LearnerError("TimeLimit", "no answer within 10 seconds"), "out of time"),
        (LearnerError("TookTooLong", "stopped after 10 seconds"), "out of time"),
        (LearnerError("Died", ""), "Python itself ended"),
        (LearnerError("OutOfMemory", "2 GiB"), "out of memory"),
        (LearnerError("MissingAnswer", "freeze is not defined"), "nothing of that name in the notebook"),
        (LearnerError("WrongKind", "'NoneType' object is not iterable"), "another kind of object returned"),
        (LearnerError("Unreadable", "too large"), "unreadable object returned"),
        (LearnerError("Blank", ""), ""),
    ],
)
def test_the_kind_of_an_exception_is_read_from_what_the_learner_was_told(error: LearnerError, kind: str) -> None:
    assert said.raised(explain(error)) == kind


def test_exceptions_are_counted_by_kind_also_where_the_rest_ran() -> None:
    raises = "Your answer raised TypeError: x."
    half = question("a", "A", [behaviour("first", True), behaviour("second", False, message=raises)], message=raises)
    stopped = {**right("a", 2.0), "points": 0.0, "status": "error", "behaviours": [], "message": raises}
    room = room_of(
        submission("ada", [half]), submission("ben", [stopped]), submission("cem", [{**right("a", 2.0), **BLANK}])
    )
    assert room.raised == [("TypeError", 2)]
    assert room.stopped == 1
    assert [(q.id, n) for q, n in room.most_at("TypeError")] == [("a", 2)]


def rows_of(pairs: list[tuple[float, float]]) -> list[Row]:
    """A question `q` of one point and the rest of nine."""
    return [{"q": (own, 1.0), "rest": (9 * rest, 9.0)} for own, rest in pairs]


def test_discrimination_of_questions_that_are_known_to_tell_apart() -> None:
    strong = [n / 40 for n in range(40)]
    tells = item_rest("q", rows_of([(float(x >= 0.5), x) for x in strong]))
    # The point-biserial correlation of a median split of n equally spaced values is n / sqrt(n² - 1) * sqrt(3) / 2.
    assert tells == pytest.approx(40 / (40**2 - 1) ** 0.5 * 3**0.5 / 2)
    assert tells is not None
    turned = item_rest("q", rows_of([(float(x < 0.5), x) for x in strong]))
    assert turned is not None and turned < -0.8
    dice = random.Random(4)
    chance = item_rest("q", rows_of([(float(dice.random() < 0.5), dice.random()) for _ in range(4000)]))
    assert chance == pytest.approx(0, abs=0.05)
    assert [in_words(x) for x in (tells, 0.25, 0.0, turned)] == [
        "tells apart",
        "tells a little",
        "tells little",
        "the wrong way round",
    ]


def test_discrimination_is_of_the_rest_and_not_of_the_total() -> None:
    """With the question itself in the total, chance would look like 0.7: half of the variance is its own."""
    dice = random.Random(1)
    rows: list[Row] = [{id: (float(dice.random() < 0.5), 1.0) for id in ("q", "r")} for _ in range(2000)]
    assert item_rest("q", rows) == pytest.approx(0, abs=0.06)


def test_discrimination_needs_learners_and_variation() -> None:
    pairs = [(float(n % 2), n / LEAST) for n in range(LEAST)]
    assert item_rest("q", rows_of(pairs)) is not None
    assert item_rest("q", rows_of(pairs[1:])) is None
    assert item_rest("q", rows_of([(1.0, rest) for _, rest in pairs])) is None
    assert item_rest("q", rows_of([(float(n > 1), rest) for n, (_, rest) in enumerate(pairs)])) is None
    assert item_rest("q", rows_of([(own, 0.5) for own, _ in pairs])) is None
    assert item_rest("q", [{"q": (own, 1.0)} for own, _ in pairs]) is None  # nothing but the question


def test_who_needs_a_word_and_why() -> None:
    usual = [right("a", 2.0), right("b", 2.0)]
    records = [submission(f"usual{n}", usual) for n in range(6)]
    records += [submission(f"usual{n}", [right("c", 4.0)], exercise) for n in range(6) for exercise in ("03_x", "04_y")]
    everything = [("02_feature_extraction", usual), ("03_x", [right("c", 4.0)]), ("04_y", [right("c", 4.0)])]
    blank = [{**each, **BLANK} for each in usual]
    records += [submission("blank", blank, exercise) for exercise, _ in everything]
    records += [submission("below", [holding("a", 0.5, 4.0)], exercise) for exercise, _ in everything]
    records += [not_graded("broken", "an empty file")]
    records += [submission("absent", usual)]
    words = need_a_word(room_of(*records).learners, ["nobody"])
    assert [(word.name, word.reasons) for word in words] == [
        ("nobody", ("handed in nothing",)),
        ("broken", ("not graded", "2 of the 3 notebooks that most handed in are not there")),
        ("blank", ("6 of 6 answers blank", "0% of the points; the class's median is 100%")),
        ("below", ("12% of the points; the class's median is 100%",)),
        ("absent", ("2 of the 3 notebooks that most handed in are not there",)),
    ]


def test_totals_do_not_mix_those_who_handed_in_one_notebook_with_the_others() -> None:
    room = room_of(
        submission("all", [right("a", 4.0)]),
        submission("all", [holding("b", 3.0, 6.0)], "04_lora_from_scratch"),
        submission("one", [right("a", 4.0)]),
    )
    everybody = {each.name: (each.share, each.of_everything(room.possible)) for each in room.learners}
    assert everybody == {"all": (0.7, 0.7), "one": (1.0, 0.4)}


def test_every_misconception_has_a_sentence() -> None:
    found = 0
    for name in exercise_names():
        for asked in load_exercise(name).questions:
            for wrong in misconceptions_of(name[3:], asked.id):
                sentence = belief(name, asked.id, wrong.label)
                assert sentence.endswith((".", "?", ":")), (name, asked.id, wrong.label, sentence)
                found += 1
    assert found > 400


def test_a_belief_is_the_first_sentence_and_leads_nowhere_else() -> None:
    assert belief("00_before_the_workshop", "summarise", "prints_it") == "The three values are shown and not returned."
    assert belief("02_feature_extraction", "freeze", "unknown") == ""
    assert beliefs_of("../../etc", "passwd") == {}
    assert beliefs_of("feature_extraction", "no_such_question") == {}


def test_failed_behaviours_name_whole_lists_and_then_the_others() -> None:
    room = room_of(
        *(submission(name, [holding("a", 0.0, 2.0, "idea")]) for name in "xy"),
        submission("z", [holding("a", 0.0, 2.0)]),
    )
    [question] = room.questions
    [(name, failed)] = question.ranked_behaviours
    assert (name, failed.total) == ("it works", 3)
    assert failed.lists == [("idea", question.ideas["idea"].anchor, 2)]
    assert [learner.name for learner in failed.others] == ["z"]


def test_the_page_of_two_hundred_learners_stays_small(tmp_path: Path) -> None:
    """Measured: 1.3 MB and 2 to 3 s of a busy core, for all eleven notebooks."""
    room = Classroom()
    for record in large_class(200):
        room.add(record, f"feedback/{safe_name(record.learner)}.html")
    page = Pages().classroom(room)
    assert len(page.encode()) < 2_000_000
    assert len(room.again) == 3
    # No name is repeated so often that the next fifty learners would double the page.
    assert page.count("Learner 007") < 250


def test_people_who_handed_in_nothing_are_read_from_what_was_collected(tmp_path: Path) -> None:
    missing = [{"name": "Zoë", "id": "7"}, {"name": "<b>Ann</b>", "id": None}]
    noted = {"format": 1, "platform": "canvas", "entries": [], "missing": missing}
    (tmp_path / "collected.json").write_text(json.dumps(noted))
    found = read_collected(tmp_path)
    assert found.missing == ["<b>Ann</b>", "Zoë"]
    index = write_pages(tmp_path, [submission("ada", [right("a", 2.0)])], missing=found.missing)
    page = index.read_text(encoding="utf-8")
    assert "2 people handed in nothing" in page and "&lt;b&gt;Ann&lt;/b&gt;" in page and "<b>Ann" not in page


def test_what_came_late_is_said_in_its_cell_and_counted(tmp_path: Path) -> None:
    entry = {"learner": "ada", "exercise": "02_feature_extraction", "late": True}
    in_time = {"learner": "ben", "exercise": "02_feature_extraction", "late": False}
    noted = {"format": 1, "platform": "canvas", "entries": [entry, in_time]}
    (tmp_path / "collected.json").write_text(json.dumps(noted))
    records = [submission(name, [right("a", 2.0)]) for name in ("ada", "ben")]
    page = write_pages(tmp_path, records, late=read_collected(tmp_path).late).read_text(encoding="utf-8")
    assert "1 notebook came late" in page and page.count("100% late</td>") == 1
    assert "came late" not in write_pages(tmp_path, records).read_text(encoding="utf-8")
