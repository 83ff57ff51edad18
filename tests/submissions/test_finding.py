"""Which notebooks a folder holds, and what is said of those that cannot be graded."""

import pytest

from grader.submissions.finding import NoSubmissions, find_submissions, passed_over

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


def test_a_course_of_nbgrader_is_not_taken_for_its_submissions(tmp_path):
    _put(tmp_path, "source/02_feature_extraction/02_feature_extraction.ipynb", "nbgrader_config.py")
    with pytest.raises(NoSubmissions, match="give its submissions, .*submitted"):
        find_submissions(tmp_path, NAMES)


def test_the_folder_of_one_learner_is_said_to_be_one(tmp_path):
    _put(tmp_path, "02_feature_extraction.ipynb")
    with pytest.raises(NoSubmissions, match="give the folder above"):
        find_submissions(tmp_path, NAMES)


def test_names_that_browsers_and_other_systems_make_are_notebooks(tmp_path):
    _put(
        tmp_path,
        "a/02_feature_extraction.IPYNB",
        "b/02_feature_extraction.ipynb.json",
        "c/04_lora_from_scratch.ipynb.txt",
    )
    found = find_submissions(tmp_path, NAMES)
    assert [(f.learner, f.exercise, f.problem) for f in found] == [
        ("a", NAMES[0], None),
        ("b", NAMES[0], None),
        ("c", NAMES[1], None),
    ]
    assert "taken for" in found[1].remarks[0] and "taken for" in found[2].remarks[0]


def test_nobody_is_lost_silently(tmp_path):
    _put(
        tmp_path,
        "ada/02_feature_extraction.ipynb",
        "bo/work.zip",
        "bo/.hidden",
        "loose.ipynb",
        "notes.txt",
        "graded/results.json",
    )
    _put(tmp_path, ".cy/02_feature_extraction.ipynb", ".ipynb_checkpoints/loose-checkpoint.ipynb", ".git/config")
    (tmp_path / "dee").mkdir()
    (tmp_path / "eve").symlink_to("ada")
    assert [sentence.split(":")[0] for sentence in passed_over(tmp_path, tmp_path / "graded")] == [
        "loose.ipynb",
        ".cy",
        "bo",
        "dee",
        "eve",
    ]
    said = passed_over(tmp_path, tmp_path / "graded")
    assert "only work.zip" in said[2] and "empty" in said[3] and "link" in said[4]
    assert [f.learner for f in find_submissions(tmp_path, NAMES)] == ["ada"]
