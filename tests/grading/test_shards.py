"""Parts of a class: every submission is in exactly one, and stays there as others come."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from grader.grading import Settings, grade_class
from grader.grading.shard import BadShard, Shard, number_of
from grader.results import OutputBusy, RecordStore
from grader.submissions import Found, NoSubmissions

NAME = "02_feature_extraction"


def _class(size: int) -> list[Found]:
    return [Found(f"learner-{i}", NAME, Path()) for i in range(size)]


@pytest.mark.parametrize("count", [1, 2, 7, 50])
def test_each_submission_is_in_one_part(count: int) -> None:
    found = _class(200)
    parts = [Shard(number, count).of(found) for number in range(1, count + 1)]
    assert sorted(one.learner for part in parts for one in part) == sorted(one.learner for one in found)


def test_parts_do_not_change_as_others_come_and_are_of_about_the_same_size() -> None:
    few, many = Shard(3, 8).of(_class(400)), Shard(3, 8).of(_class(4000))
    assert many[: len(few)] == few
    sizes = [len(Shard(number, 8).of(_class(4000))) for number in range(1, 9)]
    assert min(sizes) > 400 and max(sizes) < 600


def test_the_part_follows_from_learner_and_exercise_on_any_machine() -> None:
    assert [number_of(one, 8) for one in _class(8)] == [4, 2, 5, 6, 8, 1, 7, 4]
    assert number_of(Found("half a character \ud800", NAME, Path()), 8) in range(1, 9)


@pytest.mark.parametrize("text", ["", "3", "0/8", "9/8", "-1/8", "1/0", "1/8/2", "½/8", "1/1000000"])
def test_what_is_no_part_says_how_one_looks(text: str) -> None:
    with pytest.raises(BadShard, match="1/8 to 8/8"):
        Shard.parse(text)


def test_shards_are_held_side_by_side_and_a_run_over_all_waits(tmp_path: Path) -> None:
    first, second = RecordStore(tmp_path), RecordStore(tmp_path)
    with first.lock("1/2"), second.lock("2/2") as lock:
        with lock.alone():
            pass
        with pytest.raises(OutputBusy, match="shard 1/2 is being graded into .* already .pid"):
            RecordStore(tmp_path).lock("1/2").__enter__()
        with pytest.raises(OutputBusy, match="shard 1/2 .pid .*, shard 2/2 .pid .*; wait for it"):
            RecordStore(tmp_path).lock().__enter__()
    with RecordStore(tmp_path).lock():
        pass
    assert not (tmp_path / "shards").exists()


def test_a_shard_waits_for_a_run_over_all_and_then_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.results.lock.GATE_SECONDS", 0.2)
    with RecordStore(tmp_path).lock(), pytest.raises(OutputBusy, match="and not as a shard"):
        RecordStore(tmp_path).lock("1/2").__enter__()
    with RecordStore(tmp_path).lock("1/2"):
        pass


def test_shards_keep_the_course_key(tmp_path: Path) -> None:
    learner = tmp_path / "class" / "anna"
    learner.mkdir(parents=True)
    (learner / f"{NAME}.ipynb").write_text("{")
    (tmp_path / "graded").mkdir()
    (tmp_path / "graded" / "course.key").write_text("first\n")
    settings = Settings(isolation="none", key="second", shard=Shard(1, 1))
    with pytest.raises(NoSubmissions, match="give all shards the same one"):
        grade_class(tmp_path / "class", tmp_path / "graded", settings)
    assert (tmp_path / "graded" / "course.key").read_text() == "first\n"


def test_two_shards_at_once_and_a_run_over_all(tmp_path: Path) -> None:
    """Three files that are no notebooks: each is one record, that of one shard."""
    for learner in ("anna", "boris", "chen"):
        path = tmp_path / "class" / learner / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text("{")
    out = tmp_path / "graded"
    common = [sys.executable, "-m", "grader.cli", "grade", str(tmp_path / "class"), "--out", str(out)]
    common += ["--isolation", "none"]
    both = [subprocess.Popen([*common, "--shard", f"{i}/2"], stdout=subprocess.PIPE, text=True) for i in (1, 2)]
    said = [one.communicate(timeout=200)[0] for one in both]
    sizes = [int(line.split()[4]) for line in said if line.startswith("shard")]
    assert sum(sizes) == 3 and "results.json" not in {path.name for path in out.iterdir()}
    assert len(list(out.glob("records/*/*.json"))) == 3
    merged = subprocess.run(common, capture_output=True, text=True, timeout=200)
    assert merged.returncode == 1, merged.stderr
    assert len(json.loads((out / "results.json").read_text())["submissions"]) == 3
