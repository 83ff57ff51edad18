"""The course key: given, from the environment, or kept beside the results."""

import stat

from grader.grading.course_key import course_key, seed_of_exercise


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    key = course_key(None, tmp_path)
    assert len(key) == 32 and course_key(None, tmp_path) == key
    assert stat.S_IMODE((tmp_path / "course.key").stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["course.key"]


def test_what_is_given_comes_before_the_environment_before_the_file(tmp_path, monkeypatch):
    kept = course_key(None, tmp_path)
    monkeypatch.setenv("TL_COURSE_KEY", "from the environment")
    assert course_key(None, tmp_path) == "from the environment"
    assert course_key("given", tmp_path) == "given"
    monkeypatch.delenv("TL_COURSE_KEY")
    assert course_key(None, tmp_path) == kept


def test_the_seed_tells_exercises_and_keys_apart_and_not_the_key():
    seeds = {seed_of_exercise(k, e) for k in ("a", "b") for e in ("02_feature_extraction", "04_lora_from_scratch")}
    assert len(seeds) == 4
    assert seed_of_exercise("a", "02_feature_extraction") == seed_of_exercise("a", "02_feature_extraction")
