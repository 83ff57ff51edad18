"""The course key of a results folder is remembered, whoever gave it."""

import stat

from grader.grading.course_key import course_key, kept_key, remember_key


def test_a_later_run_without_a_key_draws_from_the_last_one(tmp_path):
    assert kept_key(tmp_path) is None
    remember_key(course_key("given", tmp_path), tmp_path)
    assert course_key(None, tmp_path) == "given"
    remember_key("another", tmp_path)
    assert kept_key(tmp_path) == course_key(None, tmp_path) == "another"
    assert stat.S_IMODE((tmp_path / "course.key").stat().st_mode) == 0o600
