"""Moodle's grading worksheet and feedback files: headings and folders as its own exporters write them."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from small_class import LORA, VISION, result

from grader.exporting import ExportError
from grader.exporting.collected import Collected, read_collected
from grader.exporting.moodle import fill_worksheet, folder
from grader.exporting.people import Identity, Person

MARK = "\ufeff"  # written by Moodle since 3.1
WORKSHEET = MARK + (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
    '"Participant 12345","Ada Lovelace",ada@uni.example,"Submitted for grading - ",,10.00,Yes,'
    '"Friday, 20 November 2026, 9:41 PM",-,"<p>said ""hi""</p>\n<p>second line</p>"\n'
    '"Participant 12346","Zoë Müller_Meier",zoe@uni.example,"Submitted for grading - Graded",4.00,10.00,Yes,'
    '"Friday, 20 November 2026, 9:43 PM","Saturday, 21 November 2026, 8:00 AM",\n'
    '"Participant 12347","Eve Locked",eve@uni.example,"Submitted for grading - ",,10.00,No,-,-,\n'
    '"Participant 12348","Nobody Here",no@uni.example,"No submission - ",,10.00,Yes,-,-,\n'
)

NOT_COLLECTED = Collected()


def run(tmp_path: Path, text: str, records, collected=NOT_COLLECTED, columns=(), scale=False):
    template = tmp_path / "worksheet.csv"
    template.write_bytes(text.encode())
    data, filled, people = fill_worksheet(template, records, collected, dict(columns), scale)
    return data.decode(), filled, people


def test_only_the_grade_changes(tmp_path: Path):
    records = [result("Ada Lovelace"), result("zoe@uni.example", points=9.999), result("12347")]
    after, filled, people = run(tmp_path, WORKSHEET, records)
    assert after == WORKSHEET.replace('grading - ",,10.00,Yes', 'grading - ",7.5,10.00,Yes').replace(
        "Graded,4.00", "Graded,10"
    ).replace('Graded",4.00,', 'Graded",10,')
    assert filled.columns == [(VISION, "Grade", 2)]
    assert filled.left == [("12347", VISION, "its grade cannot be changed in Moodle")]
    assert filled.replaced == [("zoe@uni.example", VISION, "4.00", "10")]
    assert filled.without == ["Nobody Here"]
    assert set(people) == {"Ada Lovelace", "zoe@uni.example", "12347"}


def test_an_anonymous_assignment_has_only_identifiers(tmp_path: Path):
    text = (
        'Identifier,Status,Grade,"Maximum Grade","Grade can be changed","Last modified (submission)",'
        '"Last modified (grade)"\n"Participant 7","Submitted for grading - ",,10.00,Yes,-,-\n'
    )
    collected = Collected("moodle", {"anything": Identity({"7"}, {"Participant 7"})})
    after, filled, people = run(tmp_path, text, [result("anything")], collected)
    assert ",7.5,10.00,Yes" in after
    assert filled.complete
    assert folder(people["anything"]) == "Participant 7_7_assignsubmission_file_"


def test_a_learner_has_another_number_in_each_assignment(tmp_path: Path):
    whose = [("ada_lovelace", VISION, "12345"), ("ada_lovelace", LORA, "777"), ("zoe", VISION, "888")]
    entries = [{"learner": who, "exercise": what, "id": id, "name": "Ada"} for who, what, id in whose]
    (tmp_path / "collected.json").write_text(json.dumps({"format": 1, "platform": "moodle", "entries": entries}))
    after, filled, _ = run(tmp_path, WORKSHEET, [result("ada_lovelace"), result("zoe")], read_collected(tmp_path))
    assert 'grading - ",7.5,10.00,Yes' in after
    assert filled.unknown == [("zoe", "id 888 is not in the template")]


def test_a_folder_of_moodles_own_download_tells_the_number(tmp_path: Path):
    names = ["Ada Lovelace_12345_assignsubmission_file_", "Zoë Müller Meier_12346_assignsubmission_file"]
    _, filled, people = run(tmp_path, WORKSHEET, [result(name) for name in names])
    assert [people[name].id for name in names] == ["12345", "12346"]
    assert filled.unknown == []


def test_a_worksheet_in_another_language(tmp_path: Path):
    text = (
        'ID,"Vollständiger Name",Status,Bewertung,Bestwertung,"Zuletzt geändert (Bewertung)"\n'
        '"Teilnehmer/in 12","Ada Lovelace",Abgegeben,,"10,00",-\n'
    )
    with pytest.raises(ExportError, match='say --column "Identifier=HEADING"'):
        run(tmp_path, text, [result("Ada Lovelace")])
    columns = {
        "Identifier": "ID",
        "Full name": "Vollständiger Name",
        "Grade": "Bewertung",
        "Maximum grade": "Bestwertung",
    }
    after, filled, _ = run(tmp_path, text, [result("Ada Lovelace")], columns=columns)
    assert after == text.replace(',,"10,00"', ',"7,5","10,00"')
    assert filled.complete


def test_another_maximum_is_refused_or_converted(tmp_path: Path):
    text = WORKSHEET.replace("10.00", "100.00")
    with pytest.raises(ExportError, match="has 10 points here, its maximum grade in Moodle is 100"):
        run(tmp_path, text, [result("Ada Lovelace")])
    after, _, _ = run(tmp_path, text, [result("Ada Lovelace")], scale=True)
    assert 'grading - ",75,100.00' in after


def test_not_graded_is_no_grade(tmp_path: Path):
    after, filled, _ = run(tmp_path, WORKSHEET, [result("Ada Lovelace", points=None)])
    assert after == WORKSHEET
    assert filled.left == [("Ada Lovelace", VISION, "not graded: not a notebook")]


def test_a_worksheet_is_for_one_exercise_and_for_points(tmp_path: Path):
    with pytest.raises(ExportError, match=f"--exercise NAME, one of {VISION}, {LORA}"):
        run(tmp_path, WORKSHEET, [result("a"), result("a", LORA)])
    with pytest.raises(ExportError, match="graded by a scale"):
        run(tmp_path, WORKSHEET.replace('"Maximum grade"', "Scale"), [result("a")])
    with pytest.raises(ExportError, match="no participant's number in 'Participant'"):
        run(tmp_path, WORKSHEET.replace("Participant 12346", "Participant"), [result("a")])


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Zoë Müller_Meier", "Zoë Müller Meier_5_assignsubmission_file_"),
        ("../../etc/passwd", "etc passwd_5_assignsubmission_file_"),
        ("_._", "Participant_5_assignsubmission_file_"),
        ("A\\B\0C\n<D>", "A B C D_5_assignsubmission_file_"),
        ("x" * 500, "x" * 100 + "_5_assignsubmission_file_"),
    ],
)
def test_a_folder_is_read_by_moodle_and_leads_nowhere(name: str, wanted: str):
    made = folder(Person(1, name, "5", frozenset()))
    assert made == wanted
    # As importziplib.php takes it apart: at most five parts, the number second, the kind of plugin after it.
    assert made.split("_", 4)[1:4] == ["5", "assignsubmission", "file"]


def test_the_command_writes_worksheet_and_feedback(tl, graded, tmp_path: Path):
    out = graded(result("Ada Lovelace"), result("zoe@uni.example"), result("stranger"), result("Ada Lovelace", LORA))
    template = tmp_path / "Grades.csv"
    template.write_text(WORKSHEET, encoding="utf-8", newline="")
    done = tl("export", out, "--to", "moodle", "--template", template, "--exercise", VISION)
    assert (done.returncode, done.stderr) == (1, f"{out / 'moodle.csv'}\n{out / 'moodle-feedback.zip'}\n")
    assert "  stranger: no row has this name, login or id\n" in done.stdout
    assert (out / "moodle.csv").read_text(encoding="utf-8").startswith(MARK)
    with zipfile.ZipFile(io.BytesIO((out / "moodle-feedback.zip").read_bytes())) as archive:
        assert archive.namelist() == [
            "Ada Lovelace_12345_assignsubmission_file_/feedback.html",
            "Zoë Müller Meier_12346_assignsubmission_file_/feedback.html",
        ]
        ada, zoe = (archive.read(name).decode() for name in archive.namelist())
    assert "Ada Lovelace" in ada
    assert "zoe@uni.example" not in ada
    assert "zoe@uni.example" in zoe
    for page in (out / "feedback").glob("ada*.html"):
        page.unlink()
    for page in (out / "feedback").glob("Ada*.html"):
        page.unlink()
    (out / "moodle.csv").unlink()
    missing = tl("export", out, "--to", "moodle", "--template", template, "--exercise", VISION)
    assert missing.returncode == 2
    assert f"run `tl report {out}` first" in missing.stderr
    assert not (out / "moodle.csv").exists()
