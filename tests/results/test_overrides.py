"""Points set by hand: applied on reading, strict about mistakes, kept through grading again."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.pages import write_pages
from grader.results import BadTable, RecordStore, SubmissionResult
from grader.results.status import Ended, Status

Make = Callable[..., SubmissionResult]
ZOE = "Zoë O'Neil"
HEAD = "learner,question,points,reason,by\n"


def question(id: str = "freeze", points: float = 1.0, **changes: Any) -> dict[str, Any]:
    status = "passed" if points == 2.0 else "partial" if points else "failed"
    made = {"id": id, "title": id, "minutes": 10, "objectives": [], "max_points": 2.0, "status": status}
    return {**made, "points": points, **changes}


@pytest.fixture
def two(make: Make) -> Make:
    """A record with two questions, of two points each."""

    def made(*points: float, **changes: Any) -> SubmissionResult:
        points = points or (1.0, 0.0)
        questions = [question("freeze", points[0]), question("replace_head", points[1])]
        return make(questions=questions, points=sum(points), max_points=4.0, **changes)

    return made


def by_hand(store: RecordStore, *rows: str, head: str = HEAD) -> None:
    (store.out / "overrides.csv").write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")


def test_everybody_who_reads_sees_the_points_after_it_and_the_disk_keeps_what_was_judged(
    store: RecordStore, two: Make
) -> None:
    path = store.write(two())
    as_judged = path.read_bytes()
    by_hand(store, f'{ZOE},replace_head,1.5,"right idea, one typo",Ann', f"{ZOE},02_feature_extraction/freeze,2,late,")
    for record in (store.load(ZOE, "02_feature_extraction"), *store.records(), *store.load_all().records):
        assert record is not None
        assert (record.points, [each.points for each in record.questions]) == (3.5, [2.0, 1.5])
        assert [each.status for each in record.questions] == [Status.PASSED, Status.PARTIAL]
        override = record.questions[1].override
        assert override is not None
        assert (override.points, override.judged, override.judged_status) == (1.5, 0.0, Status.FAILED)
        assert str(override) == "1.5 instead of 0: right idea, one typo (Ann)"
        assert record.as_judged() == two()
        store.write(record)  # somebody who writes what was read does not make it look judged
    assert path.read_bytes() == as_judged
    assert store.judged(ZOE, "02_feature_extraction") == two()
    results = json.loads(store.write_results("0.1.0", "full").read_text())["submissions"][0]
    assert (results["points"], [each["points"] for each in results["questions"]]) == (3.5, [2.0, 1.5])
    assert results["questions"][1]["override"] == {
        "points": 1.5,
        "reason": "right idea, one typo",
        "by": "Ann",
        "judged": 0.0,
    }
    row = next(csv.DictReader(io.StringIO((store.out / "results.csv").read_text(encoding="utf-8-sig"))))
    assert (row["points"], row["02_feature_extraction/replace_head"]) == ("3.5", "1.5")
    assert (
        row["overrides"] == "freeze: 2 instead of 1: late; replace_head: 1.5 instead of 0: right idea, one typo (Ann)"
    )


def test_without_the_file_nothing_is_different(store: RecordStore, two: Make) -> None:
    store.write(two())
    assert list(store.records()) == [two()]
    assert "override" not in store.write_results("0.1.0", "full").read_text()
    assert not list(store.out.glob("overrides*"))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["anna,freeze,1,x,y"], "line 2: there is no learner 'anna'"),
        ([f"{ZOE},frieze,1,x,y"], "line 2: Zoë O'Neil has no result for a question 'frieze'; did you mean freeze?"),
        ([f"{ZOE},04_lora/freeze,1,x,y"], "line 2: Zoë O'Neil has no result for a question '04_lora/freeze'"),
        ([f"{ZOE},freeze,one,x,y"], "line 2: the points must be a number, such as 1.5; here is 'one'"),
        ([f"{ZOE},freeze,nan,x,y"], "the points must be a number"),
        ([f"{ZOE},freeze,,x,y"], "the points must be a number, such as 1.5; here is nothing"),
        ([f"{ZOE},freeze,-1,x,y"], "line 2: the points must not be negative"),
        ([f"{ZOE},freeze,2.5,x,y"], "line 2: 2.5 points are more than the 2 that there are"),
        (
            [f"{ZOE},freeze,2,x,y", "", f"{ZOE},02_feature_extraction/freeze,2,x,y"],
            "line 4: this is the second row for Zoë O'Neil, 02_feature_extraction/freeze; the first is line 2",
        ),
        ([f"{ZOE},freeze,1,,y"], "line 2: the reason is missing"),
        ([f'{ZOE},freeze,2,"two\nlines",y', f"{ZOE},freeze,x,x,y"], "line 4: the points must be a number"),
        ([f"{ZOE},freeze,1,too, many commas,y"], "line 2: there are more cells than columns"),
        (["\x1b[2J\u202e,freeze,1,x,y"], "line 2: there is no learner '(no name)'"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_nothing_is_applied(
    store: RecordStore, two: Make, rows: list[str], said: str
) -> None:
    store.write(two())
    before = store.write_results("0.1.0", "full").read_bytes()
    by_hand(store, *rows, f"{ZOE},replace_head,2,this row is fine,me")
    for act in (store.load_all, store.overrides, lambda: store.write_results("0.1.0", "full")):
        with pytest.raises(BadTable) as error:
            act()
        assert said in str(error.value) and "overrides.csv" in str(error.value)
        assert "\x1b" not in str(error.value) and "\u202e" not in str(error.value)
    assert (store.out / "results.json").read_bytes() == before


def test_all_mistakes_are_told_at_once(store: RecordStore, two: Make) -> None:
    store.write(two())
    by_hand(store, "anna,freeze,1,x,y", f"{ZOE},freeze,3,x,y")
    with pytest.raises(BadTable) as error:
        store.load_all()
    lines = str(error.value).splitlines()
    assert ["line 2" in lines[0], "line 3" in lines[1], "Nothing of overrides.csv was applied" in lines[2]] == [
        True
    ] * 3


@pytest.mark.parametrize(
    "written",
    [
        f"\ufefflearner,question,points,reason,by\r\n{ZOE},freeze,1.5,ok,\r\n",
        f"learner;question;points;reason;by\n{ZOE};freeze;1,5;ok;\n",
        f"Points,Learner,Question,By,Reason,notes\n1.5,{ZOE},freeze,,ok,mine\n",
        f"learner,question,points,reason,by\n\n{ZOE},freeze,1.50,ok\n",
    ],
    ids=["Excel", "semicolons and a decimal comma", "another order and one more column", "a last cell left out"],
)
def test_what_spreadsheets_write_is_read(store: RecordStore, two: Make, written: str) -> None:
    store.write(two())
    (store.out / "overrides.csv").write_bytes(written.encode())
    assert [record.points for record in store.records()] == [1.5]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"learner,question,points,reason\n", "line 1: the first line must name the columns"),
        ("learner,question,points,reason,by\nZoë,freeze,1,é,y".encode("latin-1"), "line 2: this is not UTF-8"),
        (b"x" * (9 * 2**20), "is larger than 8 MiB"),
        (b"PK\x03\x04\x00\x00", "the first line must name the columns"),
    ],
)
def test_another_file_is_refused(store: RecordStore, two: Make, content: bytes, said: str) -> None:
    store.write(two())
    (store.out / "overrides.csv").write_bytes(content)
    with pytest.raises(BadTable, match=said):
        store.load_all()


def test_a_name_may_be_copied_from_the_table_that_we_wrote(store: RecordStore, two: Make) -> None:
    store.write(two(learner="=cmd|'/c calc'!A1"))
    store.write(two())
    store.write_results("0.1.0", "full")
    rows = csv.DictReader(io.StringIO((store.out / "results.csv").read_text(encoding="utf-8-sig")))
    for row in rows:
        by_hand(store, f'"{row["learner"]}",freeze,2,ok,')
        assert sorted(record.points for record in store.records()) == [1.0, 2.0]


def test_it_survives_grading_again_and_is_told_when_it_is_moot(store: RecordStore, two: Make) -> None:
    store.write(two(0.5, 0.0))
    by_hand(store, f"{ZOE},freeze,1.5,right idea,")
    assert store.remember_overrides().moot == []
    store.write(two(1.0, 0.0, digest="cd" * 32))
    assert [record.points for record in store.records()] == [1.5]
    for judged in (1.5, 2.0):
        store.write(two(judged, 0.0))
        plan = store.remember_overrides()
        assert plan.moot == [
            f"line 2, {ZOE}, 02_feature_extraction/freeze: the hidden tests give {judged:g} points, and 1.5 were set; "
            "what they give counts, and the row can go"
        ]
        assert [(record.points, record.overridden) for record in store.records()] == [(judged, [])]


def test_points_that_were_taken_away_stay_so(store: RecordStore, two: Make) -> None:
    store.write(two(1.0, 0.0))
    by_hand(store, f"{ZOE},freeze,0.5,copied,")
    store.remember_overrides()
    store.write(two(2.0, 0.0))  # had the row been to help, this would make it moot
    assert [record.points for record in store.records()] == [0.5]
    assert store.remember_overrides().moot == []
    store.write(two(0.0, 0.0))
    assert [record.points for record in store.records()] == [0.0]
    assert "the row can go" in store.remember_overrides().moot[0]


def test_other_points_in_the_same_row_are_a_new_decision(store: RecordStore, two: Make) -> None:
    store.write(two(0.5, 0.0))
    by_hand(store, f"{ZOE},freeze,1.5,right idea,")
    store.remember_overrides()
    store.write(two(2.0, 0.0))
    by_hand(store, f"{ZOE},freeze,1,copied after all,")
    store.remember_overrides()
    assert [record.points for record in store.records()] == [1.0]


def test_a_submission_or_question_that_is_gone_is_moot_and_no_mistake(
    store: RecordStore, two: Make, make: Make
) -> None:
    store.write(two())
    store.write(two(learner="bob"))
    by_hand(store, f"{ZOE},replace_head,2,ok,", "bob,freeze,2,ok,")
    store.remember_overrides()
    store.write(make())  # the exercise has one question less
    store.path("bob", "02_feature_extraction").unlink()
    for _ in range(2):  # and so it stays
        assert store.remember_overrides().moot == [
            f"line 2, {ZOE}, 02_feature_extraction/replace_head: the exercise has no such question any more",
            "line 3, bob, 02_feature_extraction/freeze: there is no such submission any more",
        ]
    assert [record.points for record in store.records()] == [1.0]


def test_what_is_not_graded_yet_waits(store: RecordStore, two: Make, make_not_graded: Make) -> None:
    store.write(make_not_graded())
    by_hand(store, f"{ZOE},freeze,2,ok,", "new,02_feature_extraction/freeze,1,ok,")
    with pytest.raises(BadTable, match="line 3: there is no learner 'new'"):
        store.overrides()
    plan = store.overrides(expected=[("new", "02_feature_extraction")])
    assert (plan.moot, len(plan.waiting)) == ([], 2)
    by_hand(store, f"{ZOE},freeze,2,ok,")
    assert [record.points for record in store.records()] == [0.0]
    store.write(two())
    assert [record.points for record in store.records()] == [2.0]


def test_a_question_that_the_grader_failed_on_can_be_given_points(store: RecordStore, two: Make) -> None:
    record = two(0.0, 0.0)
    record.questions[0].status = Status.NOT_GRADED
    record.questions[1].status, record.questions[1].ended = Status.ERROR, Ended.TIME
    store.write(record)
    by_hand(store, f"{ZOE},freeze,0,nothing there,", f"{ZOE},replace_head,2,slow machine,")
    (read,) = store.records()
    assert [each.state for each in read.questions] == [Status.FAILED, Status.PASSED]
    assert store.needs_grading(*record.key, record.digest, record.package, record.seed)


def test_a_damaged_record_does_not_make_its_override_a_mistake(store: RecordStore, two: Make) -> None:
    store.write(two(learner="bob"))
    path = store.write(two())
    by_hand(store, f"{ZOE},freeze,2,ok,", "bob,freeze,2,ok,")
    store.remember_overrides()
    path.write_text("{")
    loaded, plan = store.load_all(), store.overrides()
    assert [record.points for record in loaded.records] == [2.0] and len(loaded.damaged) == 1
    assert (plan.moot, len(plan.waiting)) == ([], 1)


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', '{"a": {"learner": 1}}', "[" * 100_000])
def test_a_memory_that_somebody_edited_does_no_harm(store: RecordStore, two: Make, content: str) -> None:
    store.write(two())
    by_hand(store, f"{ZOE},freeze,2,ok,")
    (store.out / "overrides.seen.json").write_text(content)
    assert [record.points for record in store.records()] == [2.0]


def test_what_a_stranger_wrote_into_it_is_text_everywhere(store: RecordStore, two: Make) -> None:
    nasty = "<script>alert(1)</script> {{ 7*7 }} \x1b[31m=1+1;=2 \u202e"
    store.write(two())
    text = io.StringIO()
    csv.writer(text).writerow([ZOE, "freeze", "1.5", f"={nasty}", nasty])
    by_hand(store, text.getvalue())
    store.write_results("0.1.0", "full")
    assert (store.out / "results.json").read_bytes().isascii()
    row = next(csv.DictReader(io.StringIO((store.out / "results.csv").read_text(encoding="utf-8-sig"))))
    assert ";=" not in row["overrides"] and "\x1b" not in row["overrides"] and row["overrides"][0] not in "=+-@"
    write_pages(store.out, store.records())
    (page,) = (store.out / "feedback").glob("*.html")
    for path in (page, store.out / "index.html"):
        shown = path.read_text(encoding="utf-8")
        assert "<script>alert(1)" not in shown and "\x1b" not in shown and "\u202e" not in shown
    shown = page.read_text(encoding="utf-8")
    assert "Set by hand:</strong> 1.5 instead of 1 points" in shown and "{{ 7*7 }}" in shown
    assert "Points set by hand</dt><dd>1</dd>" in (store.out / "index.html").read_text(encoding="utf-8")


def test_an_override_on_disk_is_no_override(store: RecordStore, two: Make, tmp_path: Path) -> None:
    path = store.write(two())
    data = json.loads(path.read_text())
    data["questions"][0]["override"] = {"points": 2}
    path.write_text(json.dumps(data))
    assert "unknown field 'override'" in store.load_all().damaged[0]
