"""Which exercise a notebook is for."""

import json
from pathlib import Path

import pytest

from grader.selfstudy.errors import NoNotebook
from grader.selfstudy.notebooks import exercise_of, named_after, notebooks_in

NAMES = ["02_feature_extraction", "04_lora_from_scratch"]


@pytest.mark.parametrize(
    ("name", "exercise"),
    [
        ("02_feature_extraction", NAMES[0]),
        ("02_feature_extraction-Copy1", NAMES[0]),
        ("02_feature_extraction (2)", NAMES[0]),
        ("02_Feature_Extraction", NAMES[0]),
        ("02_feature_extraction-new-0.2.0", NAMES[0]),
        ("04_lora_from_scratch", NAMES[1]),
        ("02_feature_extraction_advanced", None),
        ("02_feature_extractions", None),
        ("notes", None),
    ],
)
def test_by_its_name(name: str, exercise: str | None):
    assert named_after(Path(f"/x/{name}.ipynb"), NAMES) == exercise


def test_by_its_answer_cells_where_the_name_says_nothing(course: Path, folder: Path):
    data = (folder / "02_feature_extraction.ipynb").read_bytes()
    assert exercise_of(Path("my evening.ipynb"), data, NAMES[:1], course) == NAMES[0]


@pytest.mark.parametrize("data", [b"", b"[]", b'{"cells": [1]}', json.dumps({"cells": []}).encode()])
def test_a_notebook_of_no_exercise_is_said_to_be_one(course: Path, data: bytes):
    with pytest.raises(NoNotebook, match=r"evening\.ipynb belongs to no exercise"):
        exercise_of(Path("evening.ipynb"), data, NAMES[:1], course)


def test_a_folder_gives_what_is_named_after_exercises(folder: Path):
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "02_feature_extraction-checkpoint.ipynb").write_text("{}")
    (folder / ".~02_feature_extraction.ipynb").write_text("{}")
    (folder / "notes.ipynb").write_text("{}")
    assert notebooks_in(folder, NAMES) == [folder / "02_feature_extraction.ipynb"]


def test_what_is_missing_is_told_with_what_there_is(folder: Path):
    with pytest.raises(NoNotebook, match=r"there is no .*typo\.ipynb; .* holds 02_feature_extraction\.ipynb"):
        notebooks_in(folder / "typo.ipynb", NAMES)
    with pytest.raises(NoNotebook, match="tl start"):
        notebooks_in(folder / "nowhere" / "typo.ipynb", NAMES)
    (folder / "empty").mkdir()
    with pytest.raises(NoNotebook, match=r"holds no notebook of .*tl start"):
        notebooks_in(folder / "empty", NAMES)
