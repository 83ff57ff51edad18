"""A later download updates the folder: what is newer counts, and nothing is lost."""

from pathlib import Path

import pytest
from downloads_of_platforms import ADA, FEATURES, LORA, ZOE, canvas_name, collected, files, gradescope_metadata, zipped

from grader.collecting import carry_over
from grader.collecting.errors import NotOurs
from grader.exercise.catalogue import exercise_names
from grader.submissions import find_submissions, passed_over

NB = f"{FEATURES}.ipynb"


@pytest.fixture
def newer(full: bytes) -> bytes:
    """Another notebook with answers."""
    return full.replace(b"prose-2", b"prose-9")


def test_the_newest_attempt_counts_and_the_older_one_is_told(
    run, into: Path, tmp_path: Path, full: bytes, newer: bytes
):
    """By Canvas' number of the file: a suffix may be the browser's."""
    old, new = canvas_name(ADA, 90001, f"{FEATURES}-2.ipynb"), canvas_name(ADA, 90007, f"{FEATURES}-1.ipynb")
    outcome = run(zipped(tmp_path / "d.zip", [(old, full), (new, newer)]))
    assert (into / "lovelaceada" / NB).read_bytes() == newer
    assert outcome.older == [(old, f"an older attempt: {new} counts")]
    assert collected(into)["left_out"] == [{"source": old, "why": f"an older attempt: {new} counts"}]


def test_the_notebook_as_it_was_handed_out_never_counts_before_answers(
    run, into: Path, tmp_path: Path, full: bytes, blank: bytes
):
    new = canvas_name(ADA, 90007, f"{FEATURES} (1).ipynb")
    outcome = run(zipped(tmp_path / "d.zip", [(canvas_name(ADA, 90001, NB), full), (new, blank)]))
    assert (into / "lovelaceada" / NB).read_bytes() == full
    assert outcome.older[0][0] == new and "nothing is answered in it" in outcome.older[0][1]


def test_what_cannot_be_told_is_not_guessed(run, into: Path, tmp_path: Path, full: bytes, newer: bytes):
    pairs = [(f"ada/one/{FEATURES} (1).ipynb", full), (f"ada/two/{FEATURES} (2).ipynb", newer), (f"zoe/{NB}", full)]
    outcome = run(zipped(tmp_path / "d.zip", pairs))
    assert files(into) == ["collected.json", f"zoe/{NB}"]
    assert len(outcome.refused) == 2 and "keep one" in outcome.refused[0][1]


def test_the_same_download_again_changes_nothing(run, into: Path, tmp_path: Path, full: bytes):
    download = zipped(tmp_path / "d.zip", [(canvas_name(ADA, 90001, NB), full), (canvas_name(ZOE, 90002, NB), full)])
    run(download)
    before = {path: path.stat().st_mtime_ns for path in into.rglob("*.ipynb")}
    outcome = run(download)
    assert len(outcome.unchanged) == 2 and not outcome.new and not outcome.replaced
    assert before == {path: path.stat().st_mtime_ns for path in into.rglob("*.ipynb")}


def test_what_was_mended_by_hand_stays(run, into: Path, tmp_path: Path, full: bytes, newer: bytes):
    download = zipped(tmp_path / "d.zip", [(canvas_name(ADA, 90001, NB), full)])
    run(download)
    (into / "lovelaceada" / NB).write_bytes(newer)
    run(download)
    assert (into / "lovelaceada" / NB).read_bytes() == newer


def test_a_newer_attempt_takes_the_place_and_the_earlier_one_is_kept(
    run, into: Path, tmp_path: Path, full: bytes, newer: bytes
):
    first = zipped(tmp_path / "1.zip", [(canvas_name(ADA, 90001, NB), full), (canvas_name(ADA, 90002, "m.py"), b"x=1")])
    second = zipped(tmp_path / "2.zip", [(canvas_name(ADA, 90009, f"{FEATURES}-1.ipynb"), newer)])
    run(first)
    outcome = run(second)
    assert [e.learner for e in outcome.replaced] == ["lovelaceada"]
    kept = into / "lovelaceada" / ".earlier"
    assert (into / "lovelaceada" / NB).read_bytes() == newer
    assert sorted(path.read_bytes() for path in kept.iterdir()) == sorted([full, b"x=1"])
    assert run(first).older[0][1] == "an older attempt than the one that was collected before"
    assert (into / "lovelaceada" / NB).read_bytes() == newer
    [found] = find_submissions(into, exercise_names())
    assert found.path == into / "lovelaceada" / NB and found.remarks == []
    assert passed_over(into, tmp_path / "graded") == []


def test_a_notebook_that_lay_there_already_is_kept(run, into: Path, tmp_path: Path, full: bytes, newer: bytes):
    (into / "lovelaceada").mkdir(parents=True)
    (into / "lovelaceada" / NB).write_bytes(newer)
    run(zipped(tmp_path / "d.zip", [(canvas_name(ADA, 90001, NB), full)]))
    [kept] = (into / "lovelaceada" / ".earlier").iterdir()
    assert kept.read_bytes() == newer and (into / "lovelaceada" / NB).read_bytes() == full


def test_several_downloads_one_for_each_notebook(run, into: Path, tmp_path: Path, full: bytes, lora: bytes):
    one = zipped(tmp_path / "02.zip", [(canvas_name(ADA, 90001, NB), full)])
    other = zipped(tmp_path / "04.zip", [(canvas_name(ADA, 90005, f"{LORA}.ipynb"), lora)])
    run(one, other)
    assert files(into) == ["collected.json", f"lovelaceada/{NB}", f"lovelaceada/{LORA}.ipynb"]
    run(one)
    assert len(collected(into)["entries"]) == 2


def test_gradescope_tells_the_time(run, into: Path, tmp_path: Path, full: bytes, newer: bytes):
    def export(name: str, number: int, created: str, data: bytes) -> Path:
        metadata = gradescope_metadata([(number, [ADA], created)])
        pairs = [("submission_metadata.yml", metadata.encode()), (f"submission_{number}/{NB}", data)]
        return zipped(tmp_path / name, [(f"assignment_1_export/{path}", content) for path, content in pairs])

    early = export("1.zip", 501, "2026-11-26 08:15:07.938335000 Z", full)
    run(export("2.zip", 502, "2026-11-27 08:15:07.938335000 Z", newer))
    assert run(early).older[0][1] == "an older attempt than the one that was collected before"
    assert (into / "ada_lovelace" / NB).read_bytes() == newer


def test_one_folder_is_of_one_platform(run, into: Path, tmp_path: Path, full: bytes):
    run(zipped(tmp_path / "1.zip", [(canvas_name(ADA, 90001, NB), full)]))
    with pytest.raises(NotOurs, match="of the kind zip, and what was collected into .* of the kind canvas"):
        run(zipped(tmp_path / "2.zip", [(f"zoe/{NB}", full)]))


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 2}', '{"format": 1, "entries": [{"learner": "../x"}]}'])
def test_a_damaged_record_stops_it(run, into: Path, tmp_path: Path, full: bytes, text: str):
    into.mkdir()
    (into / "collected.json").write_text(text)
    with pytest.raises(NotOurs, match=r"collected\.json"):
        run(zipped(tmp_path / "1.zip", [(canvas_name(ADA, 90001, NB), full)]))
    assert files(into) == ["collected.json"]


def test_a_run_that_was_killed_is_completed(run, into: Path, tmp_path: Path, full: bytes):
    (into / ".collecting-x1").mkdir(parents=True)
    (into / ".collecting-x1" / "0").write_bytes(full)
    (into / "lovelaceada").mkdir()
    (into / "lovelaceada" / NB).write_bytes(full)
    run(zipped(tmp_path / "1.zip", [(canvas_name(ADA, 90001, NB), full)]))
    assert files(into) == ["collected.json", f"lovelaceada/{NB}"]


def test_the_results_get_the_record_and_keep_it_where_it_is_damaged(run, into: Path, tmp_path: Path, full: bytes):
    run(zipped(tmp_path / "1.zip", [(canvas_name(ADA, 90001, NB), full)]))
    out = tmp_path / "graded"
    carry_over(into, out)
    kept = (into / "collected.json").read_bytes()
    assert (out / "collected.json").read_bytes() == kept
    (into / "collected.json").write_text("{")
    with pytest.raises(NotOurs):
        carry_over(into, out)
    (into / "collected.json").unlink()
    carry_over(into, out)
    assert (out / "collected.json").read_bytes() == kept


def test_a_file_where_the_folder_should_be(run, into: Path, tmp_path: Path, full: bytes):
    into.write_text("")
    with pytest.raises(NotOurs, match="a file stands where a folder is needed; choose another --into"):
        run(zipped(tmp_path / "1.zip", [(canvas_name(ADA, 90001, NB), full)]))
