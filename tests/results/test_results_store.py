"""The output folder: records, resuming, results.json, results.csv."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.results import DamagedRecord, NewerRecord, OutputError, RecordStore, SubmissionResult
from grader.results.status import Status

Make = Callable[..., SubmissionResult]
NAMES = ["../x", "Zoë O'Neil", "<script>alert(1)</script>", "", "x" * 300, "anna", "Anna", "caf\udce9", "=1+1"]


def test_making_a_store_touches_nothing(store: RecordStore) -> None:
    assert store.load_all().records == []
    assert not store.out.exists()


def test_write_and_load(store: RecordStore, make: Make) -> None:
    records = [
        make(learner=name, exercise=exercise) for name in NAMES for exercise in ("02_feature_extraction", "../y")
    ]
    paths = [store.write(record) for record in records]
    assert len(set(paths)) == len(records)
    assert all(path.resolve().is_relative_to(store.folder.resolve()) for path in paths)
    loaded = store.load_all()
    assert loaded.damaged == []
    assert sorted(loaded.records, key=lambda each: each.key) == sorted(records, key=lambda each: each.key)
    assert store.load("Anna", "../y") == make(learner="Anna", exercise="../y")
    assert store.load("nobody", "../y") is None


def test_the_records_of_a_learner_come_together(store: RecordStore, make: Make) -> None:
    for exercise in ("04_b", "02_a"):
        for name in NAMES:
            store.write(make(learner=name, exercise=exercise))
    order = [record.learner for record in store.records()]
    assert len([name for name, before in zip(order, [None, *order], strict=False) if name != before]) == len(NAMES)


@pytest.mark.parametrize("content", [b"", b"{", b'{"format": 1}', b"[]", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_a_damaged_record_is_reported_and_counts_as_not_there(store: RecordStore, make: Make, content: bytes) -> None:
    good = make(learner="anna")
    store.write(good)
    path = store.write(make())
    path.write_bytes(content)
    loaded = store.load_all()
    assert loaded.records == [good]
    assert len(loaded.damaged) == 1
    assert str(path) in loaded.damaged[0]
    assert "graded again" in loaded.damaged[0]
    with pytest.raises(DamagedRecord):
        store.load("Zoë O'Neil", "02_feature_extraction")
    assert store.needs_grading("Zoë O'Neil", "02_feature_extraction", "ab" * 32, "0.1.0", "c0ffee")
    reported: list[str] = []
    store.write_results("0.1.0", "full", reported)
    assert reported == loaded.damaged


def test_a_record_in_the_place_of_another_is_damaged(store: RecordStore, make: Make) -> None:
    mine, theirs = store.write(make(learner="anna")), store.write(make(learner="bob"))
    mine.write_bytes(theirs.read_bytes())
    assert "another submission" in store.load_all().damaged[0]


def test_a_newer_record_stops_the_run(store: RecordStore, make: Make) -> None:
    path = store.write(make())
    path.write_text(json.dumps({"format": 2}))
    for act in (store.load_all, lambda: store.write_results("0.1.0", "full")):
        with pytest.raises(NewerRecord, match=r"newer version of tl-exercises.*upgrade, or choose another --out"):
            act()
    assert path.read_text() == '{"format": 2}'


def test_temporary_files_and_strangers_are_not_records(store: RecordStore, make: Make) -> None:
    path = store.write(make())
    (path.parent / ".tmp-123").write_text("{")
    (store.folder / "notes.txt").write_text("mine")
    assert len(store.load_all().records) == 1
    with store.lock():
        assert not (path.parent / ".tmp-123").exists()
        assert (store.folder / "notes.txt").exists()


def test_resume(store: RecordStore, make: Make, make_not_graded: Make) -> None:
    key = ("Zoë O'Neil", "02_feature_extraction")
    same = {"digest": "ab" * 32, "package": "0.1.0", "seed": "c0ffee"}
    assert store.needs_grading(*key, **same)
    store.write(make())
    assert not store.needs_grading(*key, **same)
    for name in same:
        assert store.needs_grading(*key, **{**same, name: "other"})
    assert store.needs_grading("anna", key[1], **same)
    store.write(make_not_graded(digest="cd" * 32))
    assert store.needs_grading(*key, **{**same, "digest": "cd" * 32})
    record = make()
    record.questions[0].status = Status.NOT_GRADED
    store.write(record)
    assert store.needs_grading(*key, **same)


def test_a_result_from_a_weaker_tier_is_graded_again(store: RecordStore, make: Make) -> None:
    store.write(make(isolation="reduced"))
    again = [
        store.needs_grading("Zoë O'Neil", "02_feature_extraction", "ab" * 32, "0.1.0", "c0ffee", tier)
        for tier in ("none", "reduced", "full", None)
    ]
    assert again == [False, False, True, False]


def test_a_result_that_other_sources_judged_is_graded_again(store: RecordStore, make: Make) -> None:
    key = ("Zoë O'Neil", "02_feature_extraction", "ab" * 32, "0.1.0", "c0ffee")
    path = store.write(make(judged_by="feed"))
    assert [store.needs_grading(*key, judged_by=now) for now in ("feed", "beef", None)] == [False, True, False]
    data = json.loads(path.read_text())
    del data["judged_by"]  # a record from before there was such a digest
    path.write_text(json.dumps(data))
    assert store.load_all().damaged == []
    assert store.needs_grading(*key, judged_by="feed")


def test_a_failure_does_not_overwrite_what_an_earlier_run_graded(
    store: RecordStore, make: Make, make_not_graded: Make
) -> None:
    key = ("Zoë O'Neil", "02_feature_extraction")
    first = make()
    store.write(first)
    for reason in ("the grader failed: the sandbox was lost", "the grader failed: again"):
        store.write(make_not_graded(package="0.2.0", seed="5eed", reason=reason))
        kept = store.load(*key)
        assert kept is not None
        assert kept.remarks == [
            *first.remarks,
            f"a later run could not grade this again ({reason}); this is the result of an earlier run",
        ]
        kept.remarks = first.remarks
        assert kept == first
        # What made it be graded again does so on the next run too.
        assert store.needs_grading(*key, "ab" * 32, "0.2.0", "5eed")
    store.write(make(package="0.2.0"))
    assert store.load(*key) == make(package="0.2.0")


@pytest.mark.parametrize(
    "changes",
    [{"digest": "cd" * 32}, {"digest": ""}, {"learner": "anna"}],
    ids=["another notebook", "unread", "another learner"],
)
def test_a_failure_on_anything_else_is_written(
    store: RecordStore, make: Make, make_not_graded: Make, changes: dict[str, str]
) -> None:
    store.write(make())
    failed = make_not_graded(**changes)
    store.write(failed)
    assert store.load(*failed.key) == failed


def test_a_failure_over_a_damaged_record_is_written(store: RecordStore, make: Make, make_not_graded: Make) -> None:
    store.write(make()).write_text("{")
    store.write(make_not_graded())
    assert store.load(*make().key) == make_not_graded()


def test_what_was_withdrawn_is_told_and_stays(store: RecordStore, make: Make) -> None:
    here, gone = make(), make(learner="Änne/../x")
    for record in (here, gone):
        store.write(record)
    assert store.withdrawn([here.key, gone.key, ("anna", "02_feature_extraction")]) == []
    assert store.withdrawn([here.key]) == [store.path(*gone.key)]
    assert len(json.loads(store.write_results("0.1.0", "full").read_text())["submissions"]) == 2
    store.path(*gone.key).unlink()
    assert len(json.loads(store.write_results("0.1.0", "full").read_text())["submissions"]) == 1


def test_a_file_that_was_renamed_since_leaves_no_row_behind(
    store: RecordStore, make: Make, make_not_graded: Make
) -> None:
    here = make()
    renamed = make_not_graded(learner=here.learner, exercise=f"Copy of {here.exercise}")
    elsewhere = make_not_graded(learner="of a folder that is not mounted", exercise="Copy of something")
    broken = make_not_graded(learner=here.learner, exercise="04_lora_from_scratch")
    for record in (here, renamed, elsewhere, broken):
        store.write(record)
    store.forget_renamed([here.key], ["02_feature_extraction", "04_lora_from_scratch"])
    assert store.load(*renamed.key) is None
    assert all(store.load(*record.key) == record for record in (here, elsewhere, broken))


def test_results_json_is_the_contract(store: RecordStore, make: Make, make_not_graded: Make) -> None:
    store.write(make())
    store.write(make_not_graded(learner="Anna"))
    path = store.write_results("0.1.0", "full")
    assert path == store.out / "results.json"
    assert json.loads(path.read_text()) == {
        "package": "0.1.0",
        "isolation": "full",
        "submissions": [
            {
                "learner": "Anna",
                "exercise": "02_feature_extraction",
                "status": "not_graded",
                "reason": "the grader was stopped",
                "points": 0.0,
                "max_points": 2.0,
                "seed": "c0ffee",
                "questions": [],
            },
            {
                "learner": "Zoë O'Neil",
                "exercise": "02_feature_extraction",
                "status": "graded",
                "reason": None,
                "points": 1.0,
                "max_points": 2.0,
                "seed": "c0ffee",
                "questions": [
                    {
                        "id": "freeze",
                        "points": 1.0,
                        "max_points": 2.0,
                        "status": "partial",
                        "misconceptions": ["flag_on_the_module"],
                        "message": "Every layer moved.",
                    }
                ],
            },
        ],
    }
    assert path.read_bytes().isascii()
    before = path.read_bytes()
    store.write_results("0.1.0", "full")
    assert path.read_bytes() == before


def test_results_claim_the_weakest_tier(store: RecordStore, make: Make) -> None:
    store.write(make())
    assert json.loads(store.write_results("0.1.0", "reduced").read_text())["isolation"] == "reduced"
    store.write(make(learner="anna", isolation="none"))
    assert json.loads(store.write_results("0.1.0", "full").read_text())["isolation"] == "none"


def test_csv_holds_no_formula_where_a_spreadsheet_splits_at_semicolons(store: RecordStore, make: Make) -> None:
    nasty = ["a;=1+1", "a; =1", 'a;"=1"', "a;\t+1", "a;\u00a0@SUM(1)", "a;;-1", "a;'=1", "a;\u200b=1", "a;＝1", "x|=1"]
    for name in nasty:
        store.write(make(learner=name, remarks=["fine", "=1", "'freeze' was found"]))
    store.write_results("0.1.0", "full")
    raw = (store.out / "results.csv").read_text(encoding="utf-8-sig")
    for sign in ";|":
        for cell in (cell for row in csv.reader(io.StringIO(raw), delimiter=sign) for cell in row):
            assert not re.match(r"[\s\"]*[=+\-@＝]", cell), cell
    # Where quotes are not heeded, a cell ends at every semicolon.
    assert not any(re.match(r"[\s\"]*[=+\-@＝]", part) for line in raw.splitlines() for part in re.split("[;|]", line))
    rows = list(csv.DictReader(io.StringIO(raw)))
    assert {row["learner"] for row in rows} >= {"a;'=1+1", "a;' =1"} and len(rows) == len(nasty)
    assert rows[0]["remarks"] == "fine;' =1; 'freeze' was found"


def test_csv_holds_no_formula(store: RecordStore, make: Make, make_not_graded: Make) -> None:
    nasty = ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(1)", "\t=1", "\r\n=1", "  =1", "\u202e=1", "＝1", "|x", "%x"]
    for name in nasty:
        store.write(make(learner=name, remarks=[name]))
    store.write(make_not_graded(learner='Zoë, "O\'Neil"\ntwo lines', reason="=1"))
    store.write_results("0.1.0", "full")
    raw = (store.out / "results.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == len(nasty) + 1
    for row in rows:
        for cell in row.values():
            assert cell == "" or cell.strip()[0] not in "=+-@|%＝＋－＠\t\r\n"
    zoe = next(row for row in rows if row["learner"].startswith("Zoë"))
    assert zoe["reason"] == "'=1"
    assert zoe["learner"] == 'Zoë, "O\'Neil" two lines'
    assert (zoe["points"], zoe["max_points"], zoe["02_feature_extraction/freeze"]) == ("", "2", "")
    assert (rows[0]["points"], rows[0]["02_feature_extraction/freeze"]) == ("1", "1")


def test_every_error_is_of_one_family(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match=r"a file stands where a folder is needed.*choose another --out"):
        RecordStore(tmp_path / "file").lock().__enter__()
