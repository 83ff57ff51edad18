"""Free texts: exported without names and in random order, shown harmlessly, and points read back."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.notebook import fill, to_bytes
from grader.channels.texts import NoTexts, export_texts
from grader.demo.classroom_files import released
from grader.grading.judge import digest_of
from grader.pages import write_pages
from grader.results import BadTable, RecordStore, SubmissionResult

NAME = "02_feature_extraction"
HOSTILE = (
    "=HYPERLINK(1) <script>alert(1)</script> [x](javascript:alert(2)) ![y](https://example.org/z.png)\n\n"
    "<img src=x onerror=alert(3)> **bold**; =2 \u202e\x1b[31m"
)
TEXTS = {
    "anna": "Freezing needs few labels.\n\nThe probe had 0.93 with 5 photos.",
    "Zoë O'Neil": HOSTILE,
    "bob": None,
    "=cmd": "YOUR ANSWER HERE\n\nBelow the words that stood there.",
}


def notebook(text: str | None, strip: bool = False) -> bytes:
    """The exercise as it was handed out, with this free text; `strip` takes the marks of the cell away."""
    made = fill(released(NAME), {"explain": text} if text is not None else {})
    for cell in made.cells:
        if strip and cell.metadata.get("nbgrader", {}).get("grade_id") == "explain":
            del cell.metadata["nbgrader"]
    return to_bytes(made)


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("submissions")
    for learner, text in TEXTS.items():
        (folder / learner).mkdir()
        (folder / learner / f"{NAME}.ipynb").write_bytes(notebook(text))
    (folder / "torn").mkdir()
    (folder / "torn" / f"{NAME}.ipynb").write_text("{")
    return folder


@pytest.fixture
def graded(tmp_path: Path, handed_in: Path) -> Path:
    """Results of these, with no points for the questions."""
    store = RecordStore(tmp_path / "graded")
    for learner in TEXTS:
        _record(store, learner, (handed_in / learner / f"{NAME}.ipynb").read_bytes())
    return store.out


def _record(store: RecordStore, learner: str, data: bytes) -> None:
    question = {"id": "freeze", "title": "Freeze", "minutes": 10, "objectives": [], "status": "failed"}
    store.write(
        SubmissionResult.from_dict(
            {
                "package": "0.1.0",
                "isolation": "full",
                "learner": learner,
                "exercise": NAME,
                "status": "graded",
                "reason": None,
                "points": 0.0,
                "max_points": 2.0,
                "seed": "c0ffee",
                "digest": digest_of(data, {}),
                "questions": [{**question, "points": 0.0, "max_points": 2.0}],
            }
        )
    )


def table(graded: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((graded / "texts.csv").read_text(encoding="utf-8-sig"))))


def fill_in(graded: Path, **given: tuple[str, str]) -> None:
    """Write points and a comment into the rows of these learners, as whoever reads them does."""
    rows, key = table(graded), json.loads((graded / "texts.key.json").read_text())["rows"]
    for row in rows:
        row["points"], row["comment"] = given.get(key[row["row"]]["learner"], (row["points"], row["comment"]))
    _write(graded, rows)


def _write(graded: Path, rows: list[dict[str, Any]]) -> None:
    with (graded / "texts.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_all_answers_without_names_in_an_order_that_tells_nothing(graded: Path, handed_in: Path) -> None:
    done = export_texts(graded, handed_in)
    assert (done.answers, done.empty, done.kept, done.changed) == (3, 1, 0, 0)
    assert len(done.unread) == 1 and done.unread[0].startswith("torn, ")
    rows = table(graded)
    assert list(rows[0]) == ["row", "question", "answer", "points", "out_of", "comment", "before"]
    assert [row["row"] for row in rows] == sorted(row["row"] for row in rows)
    assert all(re.fullmatch("[b-df-hj-np-tv-z]{6}", row["row"]) for row in rows)
    assert {(row["question"], row["points"], row["out_of"], row["comment"]) for row in rows} == {
        ("explain", "", "1", "")
    }
    page = (graded / "texts.html").read_text(encoding="utf-8")
    for text in (page, (graded / "texts.csv").read_text(encoding="utf-8-sig")):
        assert not any(learner in text for learner in ("anna", "Zoë", "O&#39;Neil", "=cmd"))
    assert all(page.count(f"<code>{row['row']}</code>") == 1 for row in rows)
    assert "For freezing" in page and "what speaks" in page  # the rubric, and what was asked
    assert "BEGIN SOLUTION" not in page and "YOUR ANSWER HERE" not in page
    assert (graded / "texts.key.json").stat().st_mode & 0o077 == 0


def test_the_order_is_another_one_in_another_grading(graded: Path, handed_in: Path, tmp_path: Path) -> None:
    names = set()
    for count in range(2):
        other = tmp_path / f"graded{count}"
        RecordStore(other).folder.mkdir(parents=True)
        export_texts(other, handed_in)
        names |= {row["row"] for row in table(other)}
    assert len(names) == 6


def test_what_learners_wrote_can_do_nothing(graded: Path, handed_in: Path) -> None:
    export_texts(graded, handed_in)
    page = (graded / "texts.html").read_text(encoding="utf-8")
    body = page[page.index("<body>") :]
    assert "<script" not in body and "onerror=" not in "".join(re.findall("<[^>]*>", body))
    assert all(address.startswith(("#", "index.html", "https://")) for address in re.findall('href="([^"]*)', body))
    assert all(address.startswith("data:image/") for address in re.findall('src="([^"]*)', body))
    assert "<strong>bold</strong>" in body and "&lt;script&gt;" in body
    assert not re.search("[\x1b\u202e]", page) and "default-src &#39;none&#39;" in page
    for row in table(graded):
        assert not any(re.match(r"\s*[=+@-]", part) for part in row["answer"].split(";"))


def test_points_are_read_back_and_stand_beside_those_of_the_hidden_tests(graded: Path, handed_in: Path) -> None:
    export_texts(graded, handed_in)
    fill_in(graded, anna=("0.8", "a number, <b>well</b> chosen"), **{"=cmd": ("0", "")})
    store = RecordStore(graded)
    texts = {record.learner: record.texts for record in store.records()}
    assert [(t.id, t.points, t.max_points, t.comment) for t in texts["anna"]] == [
        ("explain", 0.8, 1.0, "a number, <b>well</b> chosen")
    ]
    assert (len(texts["=cmd"]), texts["Zoë O'Neil"], texts["bob"]) == (1, [], [])
    assert {(record.points, record.max_points) for record in store.records()} == {(0.0, 2.0)}
    assert (store.texts().given, store.texts().open) == (2, 1)
    results = json.loads(store.write_results("0.1.0", "full").read_text())["submissions"]
    by_hand = {entry["learner"]: entry.get("by_hand") for entry in results}
    assert by_hand["bob"] is None and by_hand["anna"][0]["points"] == 0.8
    rows = csv.DictReader(io.StringIO((graded / "results.csv").read_text(encoding="utf-8-sig")))
    column = {row["learner"]: (row["points"], row[f"{NAME}/explain (by hand)"]) for row in rows}
    assert column == {"anna": ("0", "0.8"), "'=cmd": ("0", "0"), "Zoë O'Neil": ("0", ""), "bob": ("0", "")}
    write_pages(graded, store.records())
    pages = {path.stem: path.read_text(encoding="utf-8") for path in (graded / "feedback").glob("*.html")}
    assert "was <strong>graded by hand</strong>: 0.8 of 1 point" in pages["anna"]
    assert "&lt;b&gt;well&lt;/b&gt; chosen" in pages["anna"]
    assert "is <strong>graded by hand</strong>" in pages["bob"] and "was <strong>graded" not in pages["bob"]
    for record in store.records():
        store.write(record)
    assert "texts" not in store.path("anna", NAME).read_text()


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("1.5", "1.5 points are more than the 1 that there are"),
        ("-0.5", "the points must not be negative"),
        ("good", "the points must be a number, such as 1.5; here is 'good'"),
    ],
)
def test_a_mistake_is_told_with_its_line(graded: Path, handed_in: Path, points: str, said: str) -> None:
    export_texts(graded, handed_in)
    fill_in(graded, **dict.fromkeys(TEXTS, ("1", "")))
    rows = table(graded)
    rows[1]["points"] = points
    _write(graded, rows)
    with pytest.raises(BadTable, match=f"texts.csv, line 3: {re.escape(said)}"):
        RecordStore(graded).load_all()


def test_rows_that_nobody_knows_and_rows_that_are_there_twice(graded: Path, handed_in: Path) -> None:
    export_texts(graded, handed_in)
    rows = table(graded)
    _write(graded, [*rows, {**rows[0], "row": "=boo"}, rows[1]])
    with pytest.raises(BadTable) as error:
        RecordStore(graded).load_all()
    assert "line 5: there is no answer '=boo'" in str(error.value)
    assert f"line 6: this is the second row '{rows[1]['row']}'; the first is line 3" in str(error.value)
    (graded / "texts.key.json").unlink()
    with pytest.raises(BadTable, match="texts.key.json is missing"):
        RecordStore(graded).load_all()
    (graded / "texts.key.json").write_text('{"rows": {"a": 1}}')
    with pytest.raises(BadTable, match="texts.key.json cannot be read"):
        RecordStore(graded).load_all()


def test_exporting_again_keeps_points_of_what_is_unchanged(graded: Path, handed_in: Path, tmp_path: Path) -> None:
    export_texts(graded, handed_in)
    fill_in(graded, anna=("0.8", "good"), **{"Zoë O'Neil": ("0.5", "two\nlines")})
    before = {row["row"]: row for row in table(graded)}
    later = tmp_path / "later"
    for learner, text in {**TEXTS, "anna": "Another text.", "new": "A late one."}.items():
        (later / learner).mkdir(parents=True)
        (later / learner / f"{NAME}.ipynb").write_bytes(notebook(text))
    store = RecordStore(graded)
    _record(store, "anna", (later / "anna" / f"{NAME}.ipynb").read_bytes())
    (stale,) = store.texts().stale(store.digest_of)
    assert "anna, explain: the text is of another version of the notebook" in stale
    done = export_texts(graded, later)
    assert (done.answers, done.kept, done.changed) == (4, 1, 1)
    rows = {row["row"]: row for row in table(graded)}
    assert len({*rows} & {*before}) == 2
    assert sorted((row["points"], row["comment"], row["before"]) for row in rows.values()) == [
        ("", "", ""),
        ("", "", ""),
        ("", "", "0.8: good"),
        ("0.5", "two\nlines", ""),
    ]
    assert store.texts().stale(store.digest_of) == []


def test_into_another_folder_goes_all_but_the_key(graded: Path, handed_in: Path, tmp_path: Path) -> None:
    export_texts(graded, handed_in, tmp_path / "to_read")
    assert sorted(path.name for path in (tmp_path / "to_read").iterdir()) == ["texts.csv", "texts.html"]
    assert (graded / "texts.key.json").exists() and not (graded / "texts.csv").exists()
    (graded / "texts.csv").write_bytes((tmp_path / "to_read" / "texts.csv").read_bytes())
    fill_in(graded, anna=("1", ""))
    assert RecordStore(graded).texts().given == 1


def test_a_text_whose_cell_lost_its_marks_is_found_below_the_question(graded: Path, tmp_path: Path) -> None:
    folder = tmp_path / "moved" / "anna"
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_bytes(notebook("Written in a cell of my own.", strip=True))
    done = export_texts(graded, folder.parent)
    assert (done.answers, table(graded)[0]["answer"]) == (1, "Written in a cell of my own.")


def test_a_class_without_free_texts(graded: Path, tmp_path: Path) -> None:
    folder = tmp_path / "others" / "anna"
    folder.mkdir(parents=True)
    (folder / "04_lora_from_scratch.ipynb").write_bytes(to_bytes(released("04_lora_from_scratch")))
    with pytest.raises(NoTexts, match=f"they are in {NAME}"):
        export_texts(graded, folder.parent)
