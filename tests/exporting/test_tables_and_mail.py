"""Tables for a spreadsheet, and which page belongs to whom."""

import csv
import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from small_class import LORA, VISION, result

from grader.exporting import ExportError
from grader.exporting.collected import Collected
from grader.exporting.mail import file_names, mail_zip, page_table
from grader.exporting.people import Identity
from grader.exporting.tables import by_learner, by_question

CALC = "=cmd|'/c calc'!A1"
COLLECTED = Collected("canvas", {"ada": Identity({"1001"}, {"Lovelace, Ada"}), CALC: Identity({"+1"}, {"@SUM(1)"})})


def rows(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_a_row_a_learner_with_maxima():
    records = [result("ben", points=None), result("ada"), result("ada", LORA, 3.0, 16.2), result("cy", points=0.0)]
    records += [result("cy", LORA, points=None)]
    ada, ben, cy = rows(by_learner(records, COLLECTED))
    assert list(ada) == [
        *("learner", "name", "id", "points", "max_points", "graded", "not_graded"),
        *(VISION, f"{VISION} (maximum)", LORA, f"{LORA} (maximum)"),
    ]
    assert list(ada.values()) == ["ada", "Lovelace, Ada", "1001", "10.5", "26.2", "2", "0", "7.5", "10", "3", "16.2"]
    assert list(ben.values()) == ["ben", "", "", "", "", "0", "1", "", "", "", ""]
    assert list(cy.values()) == ["cy", "", "", "0", "10", "1", "1", "0", "10", "", ""]


def test_a_row_a_question():
    lost, ada = rows(by_question([result("ben", points=None), result("ada")], COLLECTED))[::-1]
    assert list(ada.items()) == [
        ("learner", "ada"),
        ("name", "Lovelace, Ada"),
        ("id", "1001"),
        ("exercise", VISION),
        ("question", "freeze"),
        ("points", "7.5"),
        ("max_points", "10"),
        ("status", "partial"),
        ("misconceptions", "head_frozen_too"),
        ("override", ""),
        ("reason", ""),
    ]
    assert lost["points"] == lost["question"] == ""
    assert (lost["status"], lost["reason"]) == ("not_graded", "not a notebook")


@pytest.mark.parametrize("make", [by_learner, by_question])
def test_no_cell_becomes_a_formula(make):
    (row,) = rows(make([result(CALC)], COLLECTED))
    assert [row[name] for name in ("learner", "name", "id")] == ["'" + CALC, "'@SUM(1)", "'+1"]


def test_file_names_are_the_folders_names_as_far_as_systems_allow():
    names = [
        "ada",
        "Ada",
        "Zoë O'Neil",
        "../../etc/passwd",
        "con",
        "a\u202egpj.exe",
        "x" * 300,
        "pages.csv",
        "\x1b[31m",
    ]
    made = file_names(names)
    assert made["Zoë O'Neil"] == "Zoë O'Neil.html"
    assert {made["ada"], made["Ada"]} == {"Ada.html", "ada (2).html"}
    assert made["../../etc/passwd"] == "etc_passwd.html"
    assert made["con"] == "con_.html"
    assert made["a\u202egpj.exe"] == "agpj.exe.html"
    assert len(made["x" * 300]) < 100
    assert len({name.casefold() for name in made.values()}) == len(names)
    assert not any(set(name) & set('/\\\x1b:*?"<>|') for name in made.values())


def test_one_file_a_learner_with_only_their_own_results(graded):
    learners = ["ada", "Zoë O'Neil", CALC]
    out = graded(*(result(name) for name in learners))
    with zipfile.ZipFile(io.BytesIO(mail_zip(out, learners, COLLECTED))) as archive:
        table = rows(archive.read("pages.csv"))
        assert {row["file"] for row in table} == set(archive.namelist()) - {"pages.csv"}
        assert "index.html" not in archive.namelist()
        whose = {row["learner"].removeprefix("'"): archive.read(row["file"]).decode() for row in table}
    shown = {"ada": "ada</", "Zoë O'Neil": "Zoë O&#39;Neil", CALC: "calc"}
    for learner, page in whose.items():
        assert [other for other, text in shown.items() if text in page] == [learner]
    assert [row["id"] for row in table] == ["'+1", "1001", ""]
    with pytest.raises(ExportError, match="there is no page of nobody .*run `tl report"):
        mail_zip(out, ["nobody"], COLLECTED)
    with pytest.raises(ExportError) as told:
        mail_zip(out, ["\x1b[31mred\x07\u202e"], COLLECTED)
    assert not set("\x1b\x07\u202e") & set(str(told.value))


def test_the_table_names_the_pages_that_are_there(graded):
    out = graded(result("ada"), result("Zoë O'Neil"))
    files = [row["file"] for row in rows(page_table(["ada", "Zoë O'Neil"], COLLECTED))]
    assert sorted(files) == sorted(path.name for path in (out / "feedback").glob("*.html"))


def test_the_commands(tl, graded, tmp_path: Path):
    out = graded(result("ada"), result("ben", points=None))
    entry = {"learner": "ada", "exercise": VISION, "file": "x.ipynb", "id": 1001, "name": "Lovelace, Ada"}
    (out / "collected.json").write_text(json.dumps({"format": 1, "platform": "canvas", "entries": [entry]}))
    assert tl("report", out).returncode == 0
    table = rows((out / "feedback" / "pages.csv").read_bytes())
    assert list(table[0].values()) == ["ada", "Lovelace, Ada", "1001", "ada.html"]
    done = tl("export", out, "--to", "mail")
    assert (done.returncode, done.stderr) == (0, f"2 pages: {out / 'mail.zip'}\n")
    assert zipfile.ZipFile(out / "mail.zip").namelist() == ["pages.csv", "ada.html", "ben.html"]
    done = tl("export", out, "--to", "csv", "--rows", "learners")
    assert (done.returncode, done.stderr) == (0, f"2 submissions: {out / 'learners.csv'}\n")
    assert rows((out / "learners.csv").read_bytes())[0]["id"] == "1001"
    wrong = tl("export", out, "--to", "mail", "--rows", "learners")
    assert (wrong.returncode, wrong.stderr) == (2, "error: --rows is for --to csv\n")


def test_a_page_that_is_older_than_its_results_is_said(tl, graded):
    out = graded(result("ada"))
    os.utime(out / "feedback" / "ada.html", (1, 1))
    done = tl("export", out, "--to", "mail")
    assert done.returncode == 1
    assert "pages older than the results, run `tl report` again: ada" in done.stderr
