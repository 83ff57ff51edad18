"""With a roster: who is missing, who is unknown, who may be several. Nobody is guessed."""

from collections.abc import Callable
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
    canvas_roster,
    collected,
    files,
    gradescope_metadata,
    moodle_name,
    moodle_worksheet,
    zipped,
)

from grader.collecting import Told, read_rosters
from grader.collecting.errors import BadRoster

NB = f"{FEATURES}.ipynb"
TWIN = Learner("Ada", "Lovelace", 99)


@pytest.fixture
def csv(tmp_path: Path) -> Callable[..., Path]:
    """A CSV with this text."""

    def csv(text: str, encoding: str = "utf-8", name: str = "roster.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return csv


def canvas(tmp_path: Path, data: bytes, *learners: Learner) -> Path:
    return zipped(tmp_path / "d.zip", [(canvas_name(one, 90000 + one.number, NB), data) for one in learners])


def test_canvas_export(run, into: Path, tmp_path: Path, csv, full: bytes):
    roster = read_rosters([csv(canvas_roster([ADA, ZOE, LIN]))])
    assert [row.said for row in roster] == ["Lovelace, Ada (4711)", "O'Neil, Zoë (4712)", "林, 小林 (4713)"]
    outcome = run(canvas(tmp_path, full, ADA, ZOE), told=Told(roster))
    assert files(into) == ["collected.json", f"lovelace_ada/{NB}", f"o_neil_zoë/{NB}"]
    assert collected(into)["missing"] == [{"name": "林, 小林", "id": "4713"}]
    assert outcome.whose.unknown == outcome.whose.ambiguous == []


def test_moodle_worksheets_connect_the_numbers_of_several_assignments(
    run, into: Path, tmp_path: Path, csv, full: bytes, lora: bytes
):
    """Two of one name, told apart by the worksheet of each assignment."""
    rosters = [
        csv(moodle_worksheet([(ADA, 12), (TWIN, 13)]), name="02.csv"),
        csv(moodle_worksheet([(TWIN, 87), (ADA, 88)]), name="04.csv"),
    ]
    told = Told(read_rosters(rosters))
    both = [(moodle_name(ADA, 12, NB), full), (moodle_name(TWIN, 13, NB), full)]
    outcome = run(
        zipped(tmp_path / "02.zip", both),
        zipped(tmp_path / "04.zip", [(moodle_name(TWIN, 87, f"{LORA}.ipynb"), lora)]),
        told=told,
    )
    assert outcome.whose.ambiguous == []
    assert files(into) == [
        f"ada_lovelace_12/{NB}",
        f"ada_lovelace_13/{NB}",
        f"ada_lovelace_13/{LORA}.ipynb",
        "collected.json",
    ]
    assert {entry["handed_in"] for entry in collected(into)["entries"]} == {"2026-11-27T09:15:00"}


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("Friday, 27 November 2026, 12:05 AM", "2026-11-27T00:05:00"),
        ("Friday, 27 November 2026, 12:05\u202fPM", "2026-11-27T12:05:00"),
        ("Freitag, 27. November 2026, 12:05", None),
        ("Friday, 99 November 2026, 1:05 AM", None),
        ("-", None),
    ],
)
def test_moodles_times(csv, cell: str, time: str | None):
    header = "Identifier,Full name,Last modified (submission)"
    [row] = read_rosters([csv(f'{header}\nParticipant 12,Ada Lovelace,"{cell}"\n')])
    assert row.times == ((("12", time),) if time else ())


def test_what_a_roster_told_is_not_forgotten_without_one(run, into: Path, tmp_path: Path, csv, full: bytes):
    download = zipped(tmp_path / "02.zip", [(moodle_name(ADA, 12, NB), full)])
    run(download, told=Told(read_rosters([csv(moodle_worksheet([(ADA, 12)]))])))
    before = collected(into)["entries"]
    run(download)
    assert collected(into)["entries"] == before
    assert (before[0]["roster"], before[0]["handed_in"]) == ("Ada Lovelace (12)", "2026-11-27T09:15:00")


def test_gradescope_roster(run, into: Path, tmp_path: Path, csv, full: bytes):
    metadata = gradescope_metadata([(501, [ADA], "2026-11-27 08:15:07 Z")]).encode()
    download = zipped(tmp_path / "d.zip", [("submission_metadata.yml", metadata), (f"submission_501/{NB}", full)])
    header = "First Name,Last Name,SID,Email,Role\n"
    text = f"{header}A. K.,Lovelace,00004711,x@example.org,Student\nZoë,O'Neil,00004712,,Student\n"
    outcome = run(download, told=Told(read_rosters([csv(text)])))
    assert files(into) == ["collected.json", f"lovelace_a._k/{NB}"]
    assert [row.said for row in outcome.whose.missing] == ["O'Neil, Zoë (00004712)"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Name;E-Mail\nAda Lovelace;s4711@example.org\n", "cp1252"),
        ("Full name\tID number\nAda Lovelace\t815\n", "utf-16"),
        ("Nachname,Vorname,Matrikelnummer\nLovelace,Ada,815\n", "utf-8-sig"),
    ],
)
def test_any_csv_by_name(run, into: Path, tmp_path: Path, csv, full: bytes, text: str, encoding: str):
    outcome = run(canvas(tmp_path, full, ADA, ZOE), told=Told(read_rosters([csv(text, encoding)])))
    assert [person.name for person, _ in outcome.whose.unknown] == ["oneilzoë"]
    assert outcome.whose.missing == []
    assert [e["roster"] is not None for e in collected(into)["entries"]] == [True, False]


def test_a_number_of_another_numbering_is_no_match(run, tmp_path: Path, csv, full: bytes):
    """Number 4711 of this CSV is somebody's matriculation, not Canvas' user."""
    outcome = run(canvas(tmp_path, full, ADA), told=Told(read_rosters([csv("Name,Number\nLord Byron,4711\n")])))
    assert [person.name for person, _ in outcome.whose.unknown] == ["lovelaceada"]
    assert [row.name for row in outcome.whose.missing] == ["Lord Byron"]


def test_a_name_that_has_another_number_is_asked_for(run, into: Path, tmp_path: Path, csv, full: bytes):
    roster = read_rosters([csv(canvas_roster([ADA, ZOE]))])
    outcome = run(canvas(tmp_path, full, TWIN, ZOE), told=Told(roster))
    [(person, folder, rows)] = outcome.whose.ambiguous
    assert (person.id, folder, [row.said for row in rows]) == ("99", "lovelaceada", ["Lovelace, Ada (4711)"])
    assert outcome.whose.missing == []  # Ada may be there


def test_who_is_asked_for_and_answered_is_not_asked_for_again(run, into: Path, tmp_path: Path, csv, full: bytes):
    roster = read_rosters([csv("Name,Number\nAda Lovelace,1\nAda Lovelace,2\n")])
    download, asked = canvas(tmp_path, full, ADA), []

    def answer(person, rows):
        asked.append((person.name, [row.said for row in rows]))
        return rows[1]

    run(download, told=Told(roster, ask=answer))
    assert asked == [("lovelaceada", ["Ada Lovelace (1)", "Ada Lovelace (2)"])]
    assert files(into) == [f"ada_lovelace_2/{NB}", "collected.json"]
    outcome = run(download, told=Told(roster))
    assert outcome.whose.ambiguous == [] and [row.said for row in outcome.whose.missing] == ["Ada Lovelace (1)"]


def test_as_says_who_it_is_and_moves_what_lay_elsewhere(run, into: Path, tmp_path: Path, csv, full: bytes):
    download = canvas(tmp_path, full, ADA)
    run(download)
    assert files(into) == ["collected.json", f"lovelaceada/{NB}"]
    outcome = run(download, told=Told(says={"4711": "Ada King"}))
    assert files(into) == [f"ada_king/{NB}", "collected.json"] and outcome.replaced == []
    roster = read_rosters([csv("Name,Number\nAugusta Ada King,7\n")])
    run(download, told=Told(roster, {"lovelaceada": "7"}))
    assert files(into) == [f"augusta_ada_king/{NB}", "collected.json"]
    run(download)
    assert files(into) == [f"augusta_ada_king/{NB}", "collected.json"]


def test_a_column_folder(run, into: Path, tmp_path: Path, csv, full: bytes):
    roster = read_rosters([csv("Name,folder\nAda Lovelace,Group 1/Ada\n")])
    run(canvas(tmp_path, full, ADA), told=Told(roster))
    assert files(into) == ["collected.json", f"group_1_ada/{NB}"]


def test_a_folder_keeps_its_name_when_a_roster_comes_later(run, into: Path, tmp_path: Path, csv, full: bytes):
    """Results are kept under it."""
    download = canvas(tmp_path, full, ADA)
    run(download)
    run(download, told=Told(read_rosters([csv(canvas_roster([ADA]))])))
    assert files(into) == ["collected.json", f"lovelaceada/{NB}"]


def test_who_was_missing_and_hands_in_is_missing_no_more(run, into: Path, tmp_path: Path, csv, full: bytes):
    run(canvas(tmp_path, full, ADA), told=Told(read_rosters([csv(canvas_roster([ADA, ZOE, LIN]))])))
    run(canvas(tmp_path, full, ZOE))
    assert [row["id"] for row in collected(into)["missing"]] == ["4713"]


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ({"nobody": "x"}, "holds nobody with that name or number"),
        ({"lovelaceada": "x"}, "has several with that name: give the number"),
        ({"99": "///"}, "is no name for a folder"),
        ({"99": "Ada Lovelace"}, "the roster has 2 of them"),
    ],
)
def test_as_that_fits_nobody(run, into: Path, tmp_path: Path, csv, full: bytes, says: dict, said: str):
    roster = read_rosters([csv("Name,Number\nAda Lovelace,1\nAda Lovelace,2\n")])
    with pytest.raises(BadRoster, match=said):
        run(canvas(tmp_path, full, ADA, TWIN), told=Told(roster, says))
    assert files(into) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no column with names"),
        (
            "Ada Lovelace,4711\n",
            r"no column with names, numbers or email addresses \(its columns: ada lovelace, 4711\)",
        ),
        ("Name,ID\n", "nobody below it"),
        ("PK\x03\x04", "is a spreadsheet"),
        ('Name\n"' + "x" * 200_000, "is no CSV"),
        ("Name,folder\nAda,x\nZoë,X\n", "gives the folder x to several"),
    ],
)
def test_a_roster_that_is_none(csv, text: str, said: str):
    with pytest.raises(BadRoster, match=said):
        read_rosters([csv(text)])


def test_a_roster_that_is_not_there(tmp_path: Path):
    with pytest.raises(BadRoster, match="cannot be read"):
        read_rosters([tmp_path / "none.csv"])
