"""`tl report` and `tl export` on the output of a grading run."""

import csv
import io
import json
import shutil
from pathlib import Path

from grader.authoring.notebook import fill, to_bytes
from grader.demo.classroom_files import released
from grader.results import RecordStore


def test_report_writes_a_page_for_each_learner_and_the_class(tl, graded: Path):
    run = tl("report", graded, "--json")
    assert (run.returncode, run.stderr) == (0, "")
    told = json.loads(run.stdout)
    assert told == {"index": str(graded / "index.html"), "learners": 3, "damaged": 0}
    assert len(list((graded / "feedback").glob("*.html"))) == 3
    page = (graded / "index.html").read_text(encoding="utf-8")
    assert "Zoë O&#39;Neil" in page
    assert "<script>alert(1)" not in page


def test_report_goes_where_it_is_told(tl, graded: Path, tmp_path: Path):
    run = tl("report", graded, "--out", tmp_path / "pages")
    assert (run.returncode, run.stdout) == (0, f"3 feedback pages and the class: {tmp_path / 'pages' / 'index.html'}\n")
    assert not (graded / "index.html").exists()


def test_export_is_a_table_that_a_spreadsheet_opens_safely(tl, graded: Path):
    run = tl("export", graded, "--to", "csv", "--out", "-")
    assert (run.returncode, run.stderr) == (0, "")
    rows = {row["learner"]: row for row in csv.DictReader(io.StringIO(run.stdout.removeprefix("\ufeff")))}
    assert rows["Zoë O'Neil"]["points"] == "1"
    assert rows["Zoë O'Neil"]["01_doubling/double"] == "1"
    assert rows["Broken"]["points"] == ""
    assert rows["Broken"]["reason"] == "not a notebook"
    assert [name for name in rows if name.startswith("=")] == []
    assert any(name.startswith("'=cmd") for name in rows)


def test_export_to_a_file(tl, graded: Path, tmp_path: Path):
    target = tmp_path / "scores.csv"
    run = tl("export", graded, "--to", "csv", "--out", target)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", f"3 submissions: {target}\n")
    assert target.read_bytes().startswith(b"\xef\xbb\xbflearner,exercise,")
    tl("export", graded, "--to", "csv")
    assert (graded / "results.csv").read_bytes() == target.read_bytes()


def test_a_damaged_record_is_left_out_and_said(tl, graded: Path):
    path = next((graded / "records").glob("Broken*/01_doubling.json"))
    path.write_text("{")
    for verb in (["report", graded], ["export", graded, "--to", "csv"]):
        run = tl(*verb)
        assert run.returncode == 1
        assert f"{path} is not a whole JSON file" in run.stderr
    assert "Broken" not in (graded / "results.csv").read_text(encoding="utf-8-sig")


def test_a_folder_without_results(tl, tmp_path: Path):
    for verb in (["report", tmp_path], ["export", tmp_path, "--to", "csv"]):
        run = tl(*verb)
        assert run.returncode == 2
        assert run.stderr == f"error: {tmp_path} holds no results; grade first: tl grade SUBMISSIONS --out {tmp_path}\n"


def test_points_set_by_hand_are_in_every_result(tl, graded: Path):
    rows = [["learner", "question", "points", "reason", "by"], ["'=cmd|'/c calc'!A1<script>alert(1)</script>"]]
    rows[1] += ["double", "0.5", "the idea is right", "Ann"]
    with (graded / "overrides.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    assert tl("report", graded).returncode == 0
    pages = {path.name: path.read_text(encoding="utf-8") for path in (graded / "feedback").glob("*.html")}
    assert sum("0.5 instead of 0 points. the idea is right (Ann)" in page for page in pages.values()) == 1
    run = tl("export", graded, "--to", "csv", "--out", "-")
    points = {row["learner"]: row["points"] for row in csv.DictReader(io.StringIO(run.stdout.removeprefix("\ufeff")))}
    assert points == {"Zoë O'Neil": "1", rows[1][0]: "0.5", "Broken": ""}


def test_a_mistake_among_them_stops_with_its_line(tl, graded: Path):
    (graded / "overrides.csv").write_text("learner,question,points,reason,by\nZoe,double,0.5,typo,\n,,x,,\n")
    for verb in (["report", graded], ["export", graded, "--to", "csv"]):
        run = tl(*verb)
        assert (run.returncode, run.stdout) == (2, "")
        assert run.stderr.startswith("error: ") and "overrides.csv, line 3: the points must be a number" in run.stderr
        assert "Traceback" not in run.stderr
    assert not (graded / "index.html").exists() and not (graded / "results.csv").exists()


def test_what_changed_since_an_earlier_run(tl, graded: Path, tmp_path: Path):
    run = tl("report", graded, "--against", "last")
    assert (run.returncode, run.stdout) == (2, "") and "no earlier results are kept in" in run.stderr
    store = RecordStore(graded)
    hostile = next(record for record in store.records() if record.learner.startswith("="))
    shutil.copytree(graded, tmp_path / "other")
    hostile.digest = "11"
    hostile.set_by_hand("double", 1.0, "", "")
    hostile.questions[0].override = None  # as the hidden tests might have judged it
    with store.lock():
        store.write(hostile)
        store.write_results("0.1.0", "full")
    for earlier in ("last", store.replaced.run.name, store.replaced.run, tmp_path / "other"):
        run = tl("report", graded, "--against", earlier)
        assert (run.returncode, run.stderr) == (0, "")
        assert "1 learner gained, 0 lost since" in run.stdout and "the notebook changed" in run.stdout
    page = (graded / "changes.html").read_text(encoding="utf-8")
    assert "=cmd|" in page and "<script>alert(1)" not in page and "+1" in page
    told = json.loads(tl("report", graded, "--against", "last", "--json").stdout)
    assert told["changes_page"] == str(graded / "changes.html") and told["index"] == str(graded / "index.html")
    assert (told["changes"]["gained"], told["changes"]["lost"]) == ([hostile.learner], [])
    (change,) = told["changes"]["changes"]
    assert (change["question"], change["before"], change["after"], change["difference"]) == ("double", 0.0, 1.0, 1.0)
    assert [reason["code"] for reason in change["reasons"]] == ["notebook"]
    run = tl("report", graded, "--against", tmp_path)
    assert run.returncode == 2 and "holds no results of tl grade" in run.stderr and "Traceback" not in run.stderr


def test_free_texts_need_the_notebooks_and_come_back_as_points(tl, graded: Path, tmp_path: Path):
    run = tl("export", graded, "--to", "texts")
    assert run.returncode == 2 and "say where the notebooks are" in run.stderr
    name = "02_feature_extraction"
    learner = tmp_path / "submissions" / "Broken"
    learner.mkdir(parents=True)
    (learner / f"{name}.ipynb").write_bytes(
        to_bytes(fill(released(name), {"explain": "Few labels <b>are</b> enough."}))
    )
    run = tl("export", tmp_path, "--to", "texts", "--submissions", learner.parent)
    assert run.returncode == 2 and "holds no results; grade first" in run.stderr
    run = tl("export", graded, "--to", "texts", "--submissions", learner.parent)
    assert (run.returncode, run.stdout) == (0, "") and "1 answer; 0 wrote nothing" in run.stderr
    assert "Few labels &lt;b&gt;are&lt;/b&gt; enough." in (graded / "texts.html").read_text(encoding="utf-8")
    run = tl("report", graded)
    assert (run.returncode, run.stderr) == (0, "texts.csv: 0 of 1 answers have points\n")
    (graded / "texts.csv").write_text("row,points,comment\nnobody,1,\n")
    run = tl("report", graded)
    assert run.returncode == 2 and "texts.csv, line 2: there is no answer 'nobody'" in run.stderr
