"""Which notebooks a folder holds, and what is said of those that cannot be graded."""

import pytest

from grader.submissions.finding import NoSubmissions, find_submissions

NAMES = ["02_feature_extraction", "04_lora_from_scratch"]


def _put(folder, *paths):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("{}")


def test_both_layouts_are_found(tmp_path):
    _put(tmp_path, "ada/02_feature_extraction.ipynb", "zoë o'neil/hw2/04_lora_from_scratch.ipynb")
    found = find_submissions(tmp_path, NAMES)
    assert [(f.learner, f.exercise, f.problem) for f in found] == [
        ("ada", NAMES[0], None),
        ("zoë o'neil", NAMES[1], None),
    ]


def test_checkpoints_and_other_files_are_left_alone(tmp_path):
    _put(
        tmp_path,
        "ada/.ipynb_checkpoints/02_feature_extraction-checkpoint.ipynb",
        "ada/notes.txt",
        "ada/02_feature_extraction.ipynb",
    )
    assert len(find_submissions(tmp_path, NAMES)) == 1


def test_a_copy_is_taken_for_its_exercise_with_a_remark(tmp_path):
    _put(tmp_path, "ada/02_feature_extraction (1).ipynb", "bo/04_LoRA_from_scratch-Copy2.ipynb")
    found = find_submissions(tmp_path, NAMES)
    assert [f.exercise for f in found] == NAMES
    assert all(f.problem is None and "taken for" in f.remarks[0] for f in found)


def test_the_exact_name_wins_over_copies_and_the_others_are_named(tmp_path):
    _put(tmp_path, "ada/02_feature_extraction.ipynb", "ada/02_feature_extraction-Copy1.ipynb")
    (found,) = find_submissions(tmp_path, NAMES)
    assert found.path.name == "02_feature_extraction.ipynb"
    assert "02_feature_extraction-Copy1.ipynb" in found.remarks[0]


def test_several_copies_and_no_exact_name_are_not_guessed_between(tmp_path):
    _put(tmp_path, "ada/02_feature_extraction (1).ipynb", "ada/02_feature_extraction (2).ipynb")
    (found,) = find_submissions(tmp_path, NAMES)
    assert "keep one" in found.problem


def test_an_unknown_exercise_is_a_submission_with_a_reason(tmp_path):
    _put(tmp_path, "ada/11_quantum.ipynb")
    (found,) = find_submissions(tmp_path, NAMES)
    assert found.exercise == "11_quantum" and "02_feature_extraction" in found.problem


def test_a_link_is_not_followed(tmp_path):
    _put(tmp_path, "ada/02_feature_extraction.ipynb")
    (tmp_path / "eve").mkdir()
    (tmp_path / "eve" / "02_feature_extraction.ipynb").symlink_to("../ada/02_feature_extraction.ipynb")
    (tmp_path / "mallory").symlink_to("ada")
    found = find_submissions(tmp_path, NAMES)
    assert [f.learner for f in found] == ["ada", "eve"]
    assert "symbolic link" in found[1].problem


@pytest.mark.parametrize("kind", ["missing", "file", "empty"])
def test_nothing_to_grade_says_what_to_give(tmp_path, kind):
    folder = tmp_path / "submissions"
    if kind == "file":
        folder.write_text("x")
    elif kind == "empty":
        folder.mkdir()
    with pytest.raises(NoSubmissions, match="folder|notebook"):
        find_submissions(folder, NAMES)
