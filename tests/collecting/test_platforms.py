"""Each platform's download becomes `<learner>/<exercise>.ipynb`, with what the platform tells of it."""

from pathlib import Path

import pytest
from downloads_of_platforms import (
    ADA,
    FEATURES,
    LIN,
    LORA,
    ZOE,
    Learner,
    canvas_name,
    collected,
    files,
    gradescope_metadata,
    moodle_name,
    zipped,
)

from grader.collecting.errors import NoDownload

NB = f"{FEATURES}.ipynb"


def entry(into: Path, learner: str, exercise: str = FEATURES) -> dict:
    [found] = [e for e in collected(into)["entries"] if (e["learner"], e["exercise"]) == (learner, exercise)]
    return found


def test_canvas(run, into: Path, tmp_path: Path, full: bytes, blank: bytes):
    download = zipped(
        tmp_path / "submissions.zip",
        [
            (canvas_name(ADA, 90001, NB), full),
            (canvas_name(ZOE, 90002, f"{FEATURES}-1.ipynb", late=True), full),
            (canvas_name(LIN, 90003, "My work (2).ipynb"), blank),
            ("byronlord_4714_text.html", b"<p>here it is</p>"),
        ],
    )
    outcome = run(download)
    assert files(into) == ["collected.json", f"lovelaceada/{NB}", f"oneilzoë/{NB}", f"林小林/{NB}"]
    assert (into / "lovelaceada" / NB).read_bytes() == full
    first, second = entry(into, "lovelaceada"), entry(into, "oneilzoë")
    assert (first["id"], first["name"], first["attempt"], first["late"]) == ("4711", "lovelaceada", None, False)
    assert (second["id"], second["attempt"], second["late"], second["handed_in"]) == ("4712", 2, True, None)
    assert first["source"] == "lovelaceada_4711_90001_02_feature_extraction.ipynb"
    assert (collected(into)["format"], collected(into)["platform"]) == (1, "canvas")
    assert outcome.others == [("byronlord_4714_text.html", "a text or link typed into Canvas, no file")]


def test_canvas_unpacked_by_a_system_that_adds_a_folder(run, into: Path, tmp_path: Path, full: bytes):
    folder = tmp_path / "unpacked" / "submissions"
    folder.mkdir(parents=True)
    (folder / canvas_name(ADA, 90001, NB)).write_bytes(full)
    (tmp_path / "unpacked" / "__MACOSX").mkdir()
    (tmp_path / "unpacked" / "__MACOSX" / "._x.ipynb").write_bytes(b"\0")
    run(tmp_path / "unpacked")
    assert files(into) == ["collected.json", f"lovelaceada/{NB}"]


def test_canvas_anonymous(run, into: Path, tmp_path: Path, full: bytes):
    run(zipped(tmp_path / "d.zip", [("anon_X9kQz_90001_a.ipynb", full), ("LATE_anon_b7_90002_a.ipynb", full)]))
    assert entry(into, "anon_x9kqz")["id"] == "anon_X9kQz"
    assert entry(into, "anon_b7")["late"] is True


def test_a_name_of_ones_own_is_not_taken_for_canvas(run, into: Path, tmp_path: Path, full: bytes):
    """`ada_12345_10_…` has two numbers between underscores, and the second is the exercise's."""
    with pytest.raises(NoDownload, match="looks like no download of Canvas, Moodle or Gradescope"):
        run(zipped(tmp_path / "d.zip", [("ada_12345_10_negative_transfer.ipynb", full)]))


@pytest.mark.parametrize("kind", [{"folders": True}, {"folders": True, "old": True}, {"folders": False}])
def test_moodle(run, into: Path, tmp_path: Path, full: bytes, kind: dict):
    download = zipped(
        tmp_path / "d.zip",
        [
            (moodle_name(ADA, 12, NB, **kind), full),
            (moodle_name(ZOE, 13, f"Copy of {NB}", **kind), full),
            ("Lord Byron_14_assignsubmission_onlinetext/onlinetext.html", b"<p>here</p>"),
        ],
    )
    outcome = run(download)
    assert files(into) == ["ada_lovelace/" + NB, "collected.json", "zoë_o_neil/" + NB]
    first = entry(into, "ada_lovelace")
    assert (first["id"], first["name"], first["late"], first["handed_in"]) == ("12", "Ada Lovelace", None, None)
    assert collected(into)["platform"] == "moodle"
    assert outcome.others[0][1] == "no file, but Moodle's onlinetext"


def test_moodle_numbers_people_anew_in_each_assignment(run, into: Path, tmp_path: Path, full: bytes, lora: bytes):
    run(zipped(tmp_path / "02.zip", [(moodle_name(ADA, 12, NB), full)]))
    run(zipped(tmp_path / "04.zip", [(moodle_name(ADA, 87, f"{LORA}.ipynb"), lora)]))
    assert files(into) == [f"ada_lovelace/{NB}", f"ada_lovelace/{LORA}.ipynb", "collected.json"]
    assert [entry(into, "ada_lovelace", e)["id"] for e in (FEATURES, LORA)] == ["12", "87"]


def test_moodle_two_of_one_name_are_never_made_one(run, into: Path, tmp_path: Path, full: bytes, blank: bytes):
    run(zipped(tmp_path / "a.zip", [(moodle_name(ADA, 12, NB), full)]))
    outcome = run(zipped(tmp_path / "b.zip", [(moodle_name(ADA, 55, NB), blank)]))
    assert "numbers 12 and 55 have the same name" in outcome.refused[0][1]
    assert (into / "ada_lovelace" / NB).read_bytes() == full


def test_gradescope(run, into: Path, tmp_path: Path, full: bytes):
    metadata = gradescope_metadata(
        [(501, [ADA], "2026-11-27 08:15:07.938335000 Z"), (502, [ZOE, LIN], "2026-11-27 09:00:00.000000000 -08:00")]
    )
    top = "assignment_77_export/"
    outcome = run(
        zipped(
            tmp_path / "d.zip",
            [
                (f"{top}submission_metadata.yml", metadata.encode()),
                (f"{top}submission_501/{NB}", full),
                (f"{top}submission_502/work/{NB}", full),
                (f"{top}submission_503/{NB}", full),
            ],
        )
    )
    assert files(into) == [f"ada_lovelace/{NB}", "collected.json", f"zoë_o_neil/{NB}", f"小林_林/{NB}"]
    first = entry(into, "ada_lovelace")
    assert (first["id"], first["name"], first["handed_in"]) == ("00004711", "Ada Lovelace", "2026-11-27T08:15:07+00:00")
    assert entry(into, "小林_林")["handed_in"] == entry(into, "zoë_o_neil")["handed_in"] == "2026-11-27T17:00:00+00:00"
    assert outcome.others == [(f"{top}submission_503/{NB}", "submission_metadata.yml does not say whose it is")]


def test_gradescope_without_its_metadata(run, tmp_path: Path, full: bytes):
    with pytest.raises(NoDownload, match=r"0 submission_metadata.yml: export it again"):
        run(zipped(tmp_path / "d.zip", [(f"submission_501/{NB}", full)]))


@pytest.mark.parametrize("around", ["", "class/", "a/b/"])
def test_a_zip_of_ones_own(run, into: Path, tmp_path: Path, full: bytes, around: str):
    names = [f"Ada/{NB}", f"zoe.o'neil@example.org/{FEATURES} (1).ipynb"]
    run(zipped(tmp_path / "d.zip", [(around + name, full) for name in names]))
    assert files(into) == [f"ada/{NB}", "collected.json", f"zoe.o_neil@example.org/{NB}"]
    assert entry(into, "ada")["name"] == "Ada"


def test_nbgraders_folders_of_one_learner(run, into: Path, tmp_path: Path, full: bytes, lora: bytes):
    pairs = [(f"submitted/ada/{FEATURES}/{NB}", full), (f"submitted/ada/{LORA}/{LORA}.ipynb", lora)]
    run(zipped(tmp_path / "d.zip", pairs))
    assert files(into) == [f"ada/{NB}", f"ada/{LORA}.ipynb", "collected.json"]


def test_two_of_one_name_have_a_folder_each(run, into: Path, tmp_path: Path, full: bytes, blank: bytes):
    other = Learner("Ada", "Lovelace", 99)
    run(zipped(tmp_path / "d.zip", [(canvas_name(ADA, 90001, NB), full), (canvas_name(other, 90002, NB), blank)]))
    assert files(into) == ["collected.json", f"lovelaceada_4711/{NB}", f"lovelaceada_99/{NB}"]
    assert (into / "lovelaceada_99" / NB).read_bytes() == blank


def test_modules_come_along(run, into: Path, tmp_path: Path, full: bytes):
    """Canvas gives a module that is handed in again another name, by which no notebook imports it."""
    run(
        zipped(
            tmp_path / "d.zip",
            [
                (canvas_name(ADA, 90001, f"{FEATURES}-1.ipynb"), full),
                (canvas_name(ADA, 90002, "helper-1.py"), b"x = 1\n"),
                (canvas_name(ADA, 90003, "photo.png"), b"\x89PNG"),
            ],
        )
    )
    assert files(into) == ["collected.json", f"lovelaceada/{FEATURES}/{NB}", f"lovelaceada/{FEATURES}/helper.py"]
    assert entry(into, "lovelaceada")["file"] == f"{FEATURES}/{NB}"


def test_a_notebook_of_no_exercise_is_kept_and_said(run, into: Path, tmp_path: Path):
    outcome = run(zipped(tmp_path / "d.zip", [(canvas_name(ADA, 90001, "My Homework!.ipynb"), b"{}")]))
    assert files(into) == ["collected.json", "lovelaceada/my_homework.ipynb"]
    assert [e.exercise for e in outcome.new] == [None]
