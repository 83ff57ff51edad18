"""What a run replaces is kept: one folder a run, only where something changed, the last ten."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.results import RecordStore, SubmissionResult
from grader.results.earlier import FOLDER, KEPT, runs, time_before

Make = Callable[..., SubmissionResult]


def in_a_run(out: Path, *records: SubmissionResult) -> RecordStore:
    """Write these as one run of `tl grade` does."""
    store = RecordStore(out)
    with store.lock():
        for record in records:
            store.write(record)
        store.write_results("0.1.0", "full")
    return store


def test_a_run_that_changes_nothing_makes_no_folder(store: RecordStore, make: Make) -> None:
    in_a_run(store.out, make(), make(learner="anna"))
    again = in_a_run(store.out, make(seconds=9.0, cpu_seconds=8.0, answer_seconds=7.0), make(learner="bob"))
    assert again.replaced.run is None
    assert not (store.out / FOLDER).exists()


def test_what_is_replaced_by_something_different_is_kept_as_it_was(store: RecordStore, make: Make) -> None:
    in_a_run(store.out, make(), make(learner="anna"))
    path, results = store.path(*make().key), store.out / "results.json"
    record_before, results_before = path.read_bytes(), results.read_bytes()
    run = in_a_run(store.out, make(judged_by="beef"), make(learner="anna")).replaced.run
    assert runs(store.out) == [run] and run is not None
    kept = [each.relative_to(run) for each in run.rglob("*.json")]
    assert sorted(kept) == sorted([Path("results.json"), path.relative_to(store.out)])
    assert (run / path.relative_to(store.out)).read_bytes() == record_before
    assert (run / "results.json").read_bytes() == results_before
    assert list(store.before(run)) == [make(), make(learner="anna")]
    assert {record.judged_by for record in store.records()} == {"feed", "beef"}


def test_it_keeps_the_last_ten_runs_and_touches_no_other_folder(store: RecordStore, make: Make) -> None:
    in_a_run(store.out, make())
    mine = store.out / FOLDER / "before the exam"
    mine.mkdir(parents=True)
    for count in range(KEPT + 3):
        in_a_run(store.out, make(judged_by=f"{count:04}"))
    kept = runs(store.out)
    assert len(kept) == KEPT and mine.is_dir()
    assert [next(store.before(run)).judged_by for run in kept] == [f"{count:04}" for count in range(2, KEPT + 2)]


def test_the_state_before_an_older_run_is_put_together_from_the_runs_since(store: RecordStore, make: Make) -> None:
    people = [make(learner=name) for name in ("anna", "bob", "carl")]
    in_a_run(store.out, *people)
    first = in_a_run(store.out, make(learner="anna", judged_by="2")).replaced.run
    second = in_a_run(store.out, make(learner="anna", judged_by="3"), make(learner="bob", judged_by="3")).replaced.run
    third = in_a_run(store.out, make(learner="dora"), make(learner="carl", judged_by="4")).replaced.run
    assert first and second and third
    assert list(store.before(first)) == people
    assert [record.judged_by for record in store.before(second)] == ["2", "feed", "feed"]
    assert [record.learner for record in store.before(third)] == ["anna", "bob", "carl"]  # dora came later


def test_points_set_by_hand_are_as_they_were_then(store: RecordStore, make: Make) -> None:
    in_a_run(store.out, make())
    table = store.out / "overrides.csv"
    table.write_text("learner,question,points,reason,by\nZoë O'Neil,freeze,2,ok,me\n", encoding="utf-8")
    store.write_results("0.1.0", "full")
    table.unlink()
    run = in_a_run(store.out, make(judged_by="beef")).replaced.run
    assert run is not None
    assert [(record.points, len(record.overridden)) for record in store.before(run)] == [(2.0, 1)]
    assert [(record.points, len(record.overridden)) for record in store.records()] == [(1.0, 0)]


def test_when_the_results_were_made_that_a_run_replaced(store: RecordStore, make: Make) -> None:
    in_a_run(store.out, make())
    then = datetime(2026, 3, 1, 9, 30, tzinfo=UTC).timestamp()
    os.utime(store.out / "results.json", (then, then))
    run = in_a_run(store.out, make(judged_by="beef")).replaced.run
    assert run is not None
    assert time_before(run) == "2026-03-01 09:30 UTC"
    (run / "results.json").unlink()
    assert time_before(run) == ""
    assert list(store.before(run)) == [make()]


def test_several_stores_of_one_run_share_its_folder(store: RecordStore, make: Make) -> None:
    in_a_run(store.out, make(), make(learner="anna"))
    began = datetime(2026, 11, 27, 12, 0, 0, tzinfo=UTC)
    for learner in ("anna", "Zoë O'Neil"):
        RecordStore(store.out, began).write(make(learner=learner, judged_by="beef"))
    (run,) = runs(store.out)
    assert run.name == "2026-11-27T12-00-00Z"
    assert {record.judged_by for record in store.before(run)} == {"feed"}


@pytest.mark.parametrize("damage", [b"{", b"[]", b'{"submissions": 3}', b'{"submissions": [3, {"questions": [1]}]}'])
def test_damage_among_them_does_no_harm(store: RecordStore, make: Make, damage: bytes) -> None:
    in_a_run(store.out, make(), make(learner="anna"))
    run = in_a_run(store.out, make(judged_by="beef"), make(learner="anna", judged_by="beef")).replaced.run
    assert run is not None
    (run / "results.json").write_bytes(damage)
    (run / store.path("anna", "02_feature_extraction").relative_to(store.out)).write_bytes(damage)
    assert list(store.before(run)) == [make()]


def test_a_failure_that_leaves_the_earlier_result_adds_a_remark_and_keeps_the_record(
    store: RecordStore, make: Make, make_not_graded: Make
) -> None:
    in_a_run(store.out, make())
    run = in_a_run(store.out, make_not_graded()).replaced.run
    assert run is not None
    assert json.loads(next(run.glob("records/*/*.json")).read_text())["remarks"] == make().remarks
