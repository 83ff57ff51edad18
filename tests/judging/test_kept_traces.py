"""Expected values kept between runs: the same verdicts, private, and never trusted when they are damaged."""

import os
import stat
from pathlib import Path

import pytest
import torch

from grader import kept
from grader.exercise.catalogue import exercise_names
from grader.judging import kept_traces
from grader.judging.answer_key import AnswerKey
from grader.judging.kept_traces import KeptTraces
from grader.judging.trace import Trace, alike
from grader.student.answers import LearnerError
from grader.student.expect import Observation

NAME = exercise_names()[0]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(kept.CACHE, str(tmp_path / "cache"))
    return tmp_path / "cache" / "tl-exercises"


def trace_of(*values: object, error: LearnerError | None = None) -> list[Trace]:
    seen = [Observation(f"value {n}", v, 1e-5, 0.0, False, holds=n % 2 == 0) for n, v in enumerate(values)]
    return [Trace(seen, error)]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "expected" in path.parts]


PLAIN = [
    torch.tensor([[1.5, float("nan")]], dtype=torch.bfloat16),
    torch.arange(4),
    torch.zeros(0, 3),
    {"layer": torch.ones(2), "names": ["a", "b"], 3: (1, True, None)},
    {"a", "b"},
    float("-inf"),
    b"bytes",
    "ü",
]


def test_what_was_kept_comes_back_as_it_was() -> None:
    error = LearnerError("ValueError", "no", "x = 1")
    KeptTraces("02_some", "seed", "digest").put("freeze", "wrong", trace_of(*PLAIN, error=error))
    (back,) = KeptTraces("02_some", "seed", "digest").get("freeze", "wrong") or []
    (there,) = trace_of(*PLAIN, error=error)
    assert alike(there, back)
    assert [o.label for o in back.observations] == [o.label for o in there.observations]
    for one, other in zip(there.observations, back.observations, strict=True):
        assert type(one.value) is type(other.value)
        if isinstance(one.value, torch.Tensor):
            assert one.value.dtype == other.value.dtype and one.value.shape == other.value.shape
    assert back.error is not None and (back.error.kind, back.error.message, back.error.line) == (
        "ValueError",
        "no",
        "x = 1",
    )


@pytest.mark.parametrize(
    "other", [("03_some", "seed", "digest"), ("02_some", "5eed", "digest"), ("02_some", "seed", "")]
)
def test_another_exercise_seed_or_state_of_the_sources_finds_nothing(other: tuple[str, str, str]) -> None:
    traces = KeptTraces("02_some", "seed", "digest")
    traces.put("freeze", "", trace_of(1))
    assert traces.get("freeze", "") is not None
    assert KeptTraces(*other).get("freeze", "") is None
    assert traces.get("freeze", "wrong") is None
    assert traces.get("merge", "") is None


def test_a_file_under_another_ones_name_counts_for_nothing(folder: Path) -> None:
    traces = KeptTraces("02_some", "seed", "digest")
    traces.put("freeze", "", trace_of(1))
    (path,) = files(folder)
    traces.put("freeze", "wrong", trace_of(2))
    other = next(p for p in files(folder) if p != path)
    other.write_bytes(path.read_bytes())
    assert traces.get("freeze", "wrong") is None


@pytest.mark.parametrize("damage", ["cut", "bit", "empty", "folder", "pickle", "unsigned"])
def test_a_damaged_file_counts_for_nothing_and_is_written_again(folder: Path, damage: str) -> None:
    traces = KeptTraces("02_some", "seed", "digest")
    traces.put("freeze", "", trace_of(torch.ones(5)))
    (path,) = files(folder)
    data = path.read_bytes()
    if damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        bit = bytes([*data[:-3], data[-3] ^ 1, *data[-2:]])
        pickled = b"\x80\x04cos\nsystem\n(X\x04\x00\x00\x00exittR."
        path.write_bytes({"cut": data[:-1], "bit": bit, "empty": b"", "pickle": pickled, "unsigned": data[32:]}[damage])
    assert traces.get("freeze", "") is None
    traces.put("freeze", "", trace_of(torch.ones(5)))
    assert (traces.get("freeze", "") is not None) == (damage != "folder")


def test_what_has_no_plain_form_is_not_kept(folder: Path) -> None:
    traces = KeptTraces("02_some", "seed", "digest")
    traces.put("freeze", "", trace_of(1, torch.nn.Linear(2, 2)))
    traces.put("freeze", "wrong", trace_of(torch.ones(2, dtype=torch.complex64)))
    assert files(folder) == []


def test_nobody_else_can_read_the_folder(folder: Path) -> None:
    before = os.umask(0)
    try:
        KeptTraces("02_some", "seed", "digest").put("freeze", "", trace_of(1))
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        folder.chmod(0o755)
        assert kept.folder() == folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    finally:
        os.umask(before)


def test_where_nothing_can_be_kept_nothing_is(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def attempt() -> object:
        traces = KeptTraces("02_some", "seed", "digest")
        traces.put("freeze", "", trace_of(1))
        return traces.get("freeze", "")

    monkeypatch.setenv(kept.CACHE, "")
    assert attempt() is None
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder.parent.mkdir()
    folder.symlink_to(elsewhere)  # who knows who made it, and who can write there
    monkeypatch.setenv(kept.CACHE, str(folder.parent))
    assert attempt() is None
    assert list(elsewhere.iterdir()) == []
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(kept.CACHE, str(tmp_path / "file"))
    assert attempt() is None


def test_only_the_newest_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_traces, "MOST", 2)
    for number in range(4):
        KeptTraces("02_some", f"seed {number}", "digest").put("freeze", "", trace_of(1))
        for path in (folder / "expected").iterdir():
            os.utime(path, (path.stat().st_mtime - 10,) * 2)
    assert len(list((folder / "expected").iterdir())) == 2
    assert KeptTraces("02_some", "seed 3", "digest").get("freeze", "") is not None
    assert KeptTraces("02_some", "seed 0", "digest").get("freeze", "") is None


@pytest.mark.parametrize("name", exercise_names())
def test_an_answer_key_judges_with_kept_traces_as_with_its_own(name: str, folder: Path) -> None:
    """Every trace of its first question: none is left out, and none differs."""
    first = AnswerKey(name, "a course of its own", keep=True)
    question = next(iter(first.tests))
    own = {m.label: first.predicted(question, m) for m in first.misconceptions(question)}
    own[""] = first.reference(question)
    assert len(files(folder)) == len(own)
    second = AnswerKey(name, "a course of its own", keep=True)
    second.reference_names = {}  # nobody there who could compute
    for label, traces in own.items():
        wrong = next((m for m in second.misconceptions(question) if m.label == label), None)
        again = second.predicted(question, wrong) if wrong else second.reference(question)
        for there, back in zip(traces, again, strict=True):
            assert [o.label for o in there.observations] == [o.label for o in back.observations]
            assert alike(there, back)


def test_without_being_asked_a_key_keeps_nothing(folder: Path) -> None:
    key = AnswerKey(NAME, "a course of its own")
    key.reference(next(iter(key.tests)))
    assert files(folder) == []
