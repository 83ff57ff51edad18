"""Canvas's gradebook export, filled in: headings, rows and marks as its own exporter writes them."""

import csv
import io
import json
from pathlib import Path

import pytest
from small_class import LORA, VISION, result

from grader.exporting import ExportError
from grader.exporting.canvas import fill_gradebook
from grader.exporting.collected import Collected, read_collected
from grader.exporting.people import Identity
from grader.results.status import Status

HEADER = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,Feature extraction (501),Notebook 4: LoRA from scratch (502),"
    "Essay (503),Assignments Current Points,Assignments Current Score,Current Score,Unposted Final Score\n"
)
TOTALS = "(read only),(read only),(read only),(read only)"
GRADEBOOK = (
    HEADER
    + ",,,,,,Manual Posting,,,,,,\n"
    + f'"    Points Possible",,,,,,10.00,10.00,20.00,{TOTALS}\n'
    + '"Lovelace, Ada",1001,u1,ada,"Section 1 and Section 2","says ""hi"", =1+1",,,18.00,18.00,90.00,90.00,60.00\n'
    + '"Müller, Zoë",1002,u2,zoe@uni.example,Section 1,,3.00,,,,,,\n'
    + '"Excused, Eve",1003,u3,eve,Section 1,,EX,N/A,,,,,\n'
    + '"=""=cmd()""",1004,u4,mallory,Section 1,,,,,,,,\n'
    + '"Student, Test",1999,,0123456789abcdef,Section 1,,,,,,,,\n'
)

NOT_COLLECTED = Collected()


def run(tmp_path: Path, text: str, records, collected=NOT_COLLECTED, columns=(), scale=False, mark=""):
    template = tmp_path / "gradebook.csv"
    template.write_bytes((mark + text).encode())
    data, filled = fill_gradebook(template, records, collected, dict(columns), scale)
    return data.decode(), filled


def lines_that_changed(before: str, after: str) -> list[tuple[str, str]]:
    pairs = list(zip(before.split("\n"), after.split("\n"), strict=True))
    return [(old, new) for old, new in pairs if old != new]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_only_our_points_change(tmp_path: Path, mark: str):
    after, filled = run(tmp_path, GRADEBOOK, [result("ada"), result("ada", LORA, 10.0)], mark=mark)
    assert after.startswith(mark + HEADER)
    ((old, new),) = lines_that_changed(mark + GRADEBOOK, after)
    assert old.startswith('"Lovelace, Ada",1001,u1,ada,')
    assert new == old.replace('=1+1",,,18.00', '=1+1",7.5,10,18.00')
    assert filled.columns == [
        (VISION, "Feature extraction (501)", 1),
        (LORA, "Notebook 4: LoRA from scratch (502)", 1),
    ]
    assert filled.without == ["Müller, Zoë", "Excused, Eve", '="=cmd()"']  # and not the test student
    assert filled.complete


def test_semicolons_and_the_decimal_comma_of_a_locale(tmp_path: Path):
    text = (
        "Student;ID;SIS Login ID;Section;Feature extraction, part of the course (501);Final Score\r\n"
        "    Points Possible;;;;10,00;(read only)\r\n"
        "Lovelace, Ada;1001;ada;Section 1;;90,00\r\n"
    )
    columns = {VISION: "501"}
    after, _ = run(tmp_path, text, [result("ada", points=7.126)], columns=columns)
    assert lines_that_changed(text, after) == [
        ("Lovelace, Ada;1001;ada;Section 1;;90,00\r", "Lovelace, Ada;1001;ada;Section 1;7,13;90,00\r")
    ]


def test_last_and_first_names_in_two_columns(tmp_path: Path):
    text = (
        "LastName,FirstName,ID,SIS Login ID,Section,Feature extraction (501)\n"
        "    Points Possible,,,,,10\nLovelace,Ada,1001,al,S,\n"
    )
    after, filled = run(tmp_path, text, [result("Ada Lovelace")])
    assert after.endswith("Lovelace,Ada,1001,al,S,7.5\n")
    assert filled.complete


def test_people_are_found_by_the_platforms_id_and_else_by_exactly_the_same_name(tmp_path: Path):
    collected = Collected("canvas", {"mullerzoe": Identity({"1002"}, {"mullerzoe"})})
    names = ["mullerzoe", "Lovelace, Ada", "u4", "Ada", "EVE"]
    _, filled = run(tmp_path, GRADEBOOK, [result(name, LORA) for name in names], collected)
    assert filled.found == 3
    assert filled.unknown == [
        ("Ada", "no row has this name, login or id"),
        ("EVE", "no row has this name, login or id"),
    ]
    assert filled.replaced == []


def test_a_name_of_two_people_two_folders_of_one_person_and_a_strangers_id_are_listed(tmp_path: Path):
    twins = GRADEBOOK.replace("Excused, Eve", "Lovelace, Ada")
    collected = Collected("canvas", {"gone": Identity({"77"}, set()), "two": Identity({"1", "2"}, set())})
    names = ["Ada Lovelace", "u2", "zoe@uni.example", "gone", "two"]
    after, filled = run(tmp_path, twins, [result(name) for name in names], collected)
    assert after == twins
    assert dict(filled.unknown) == {
        "Ada Lovelace": "could be any of 2: Lovelace, Ada, Lovelace, Ada",
        "u2": "Müller, Zoë is also zoe@uni.example",
        "zoe@uni.example": "Müller, Zoë is also u2",
        "gone": "id 77 is not in the template",
        "two": "has two ids in collected.json: 1, 2",
    }


def test_ids_of_another_platform_mean_nothing(tmp_path: Path):
    collected = Collected("moodle", {"x": Identity({"1001"}, {"Zoë Müller"})})
    after, _ = run(tmp_path, GRADEBOOK, [result("x")], collected)
    assert '"Müller, Zoë",1002,u2,zoe@uni.example,Section 1,,7.5,,,' in after


def test_not_graded_is_never_a_zero_and_takes_nothing_away(tmp_path: Path):
    """An import takes an empty cell for a change: what Canvas has would be wiped out."""
    partly = result("ada", LORA, 5.0)
    partly.questions[0].status = Status.NOT_GRADED
    after, filled = run(tmp_path, GRADEBOOK, [result("zoe@uni.example", points=None), partly])
    assert after == GRADEBOOK
    assert filled.left == [
        ("zoe@uni.example", VISION, "not graded: not a notebook"),
        ("ada", LORA, "not all of its questions could be graded: run `tl grade` again"),
    ]


def test_zero_points_are_a_zero(tmp_path: Path):
    after, _ = run(tmp_path, GRADEBOOK, [result("mallory", points=0.0)])
    assert '"=""=cmd()""",1004,u4,mallory,Section 1,,0,,,' in after


def test_excused_and_not_assigned_stay_and_another_number_is_told(tmp_path: Path):
    records = [result("eve"), result("eve", LORA), result("u2")]
    after, filled = run(tmp_path, GRADEBOOK, records)
    assert ",EX,N/A," in after
    assert [why for _, _, why in filled.left] == [
        "is excused in Canvas",
        "is not assigned to this learner in Canvas",
    ]
    assert filled.replaced == [("u2", VISION, "3.00", "7.5")]


def test_other_points_possible_are_refused_or_converted(tmp_path: Path):
    records = [result("ada", points=7.5, of=15.0)]
    with pytest.raises(ExportError, match="has 15 points here, 'Feature extraction .501.' 10 in Canvas"):
        run(tmp_path, GRADEBOOK, records)
    after, _ = run(tmp_path, GRADEBOOK, records, scale=True)
    assert '"says ""hi"", =1+1",5,,18.00' in after


def test_an_exercise_without_a_column_is_listed_and_one_can_be_said(tmp_path: Path):
    records = [result("ada"), result("ada", "05_lora_with_peft")]
    _, filled = run(tmp_path, GRADEBOOK, records)
    assert filled.unplaced == [("05_lora_with_peft", "no column has its name")]
    with pytest.raises(ExportError, match="has 10 points here, 'Essay .503.' 20 in Canvas"):
        run(tmp_path, GRADEBOOK, records, columns={"05_lora_with_peft": "Essay"})
    _, filled = run(tmp_path, GRADEBOOK, records, columns={"05_lora_with_peft": "Essay (503)"}, scale=True)
    assert ("05_lora_with_peft", "Essay (503)", 1) in filled.columns
    with pytest.raises(ExportError, match="would both go into the column"):
        run(tmp_path, GRADEBOOK, records, columns={"05_lora_with_peft": "501"})
    with pytest.raises(ExportError, match="no column that can be filled is called 'Current Score'"):
        run(tmp_path, GRADEBOOK, records, columns={VISION: "Current Score"})


def test_two_columns_of_one_name_are_not_guessed(tmp_path: Path):
    text = GRADEBOOK.replace("Essay (503)", "Exercise 02: Feature Extraction (503)").replace("20.00", "10.00")
    records = [result("ada"), result("ada", LORA)]
    _, filled = run(tmp_path, text, records)
    ((exercise, why),) = filled.unplaced
    assert exercise == VISION
    assert why == "more than one column: 'Feature extraction (501)', 'Exercise 02: Feature Extraction (503)'"


def test_another_file_is_no_gradebook(tmp_path: Path):
    with pytest.raises(ExportError, match="is not a gradebook of Canvas"):
        run(tmp_path, "learner,points\nada,3\n", [result("ada")])


def test_the_whole_way_with_the_command(tl, graded, tmp_path: Path):
    out = graded(result("a"), result("b", points=None), result("c"))
    entries = [
        {"learner": name, "exercise": VISION, "file": f"{VISION}.ipynb", "id": id, "name": name, "source": "x"}
        for name, id in (("a", "1001"), ("b", "1002"), ("c", "4711"))
    ]
    noted = {"format": 1, "platform": "canvas", "entries": entries, "missing": [], "left_out": []}
    (out / "collected.json").write_text(json.dumps(noted))
    template = tmp_path / "gradebook.csv"
    template.write_text(GRADEBOOK, encoding="utf-8-sig")
    done = tl("export", out, "--to", "canvas", "--template", template)
    assert done.returncode == 1
    assert done.stderr == f"{out / 'canvas.csv'}\n"
    for said in (
        "2 of 3 learners are in the template.",
        "02_feature_extraction: 1 in the column 'Feature extraction (501)'",
        "  b, 02_feature_extraction: not graded: not a notebook",
        "  c: id 4711 is not in the template",
        "  Excused, Eve",
    ):
        assert f"{said}\n" in done.stdout
    rows = list(csv.reader(io.StringIO((out / "canvas.csv").read_text(encoding="utf-8-sig"))))
    assert [row[6] for row in rows[3:]] == ["7.5", "3.00", "EX", "", ""]
    told = json.loads(tl("export", out, "--to", "canvas", "--template", template, "--json").stdout)
    assert told["unknown"] == [["c", "id 4711 is not in the template"]]
    assert (
        "the template itself" in tl("export", out, "--to", "canvas", "--template", template, "--out", template).stderr
    )


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 2, "entries": []}', '{"format": 1, "entries": [{"id": "1"}]}'])
def test_a_damaged_note_of_the_collection_is_said(tmp_path: Path, text: str):
    assert read_collected(tmp_path).people == {}
    (tmp_path / "collected.json").write_text(text)
    with pytest.raises(ExportError, match="run `tl collect` and `tl grade` again"):
        read_collected(tmp_path)
