"""A safe, readable, unique file name for any string, and text without tricks."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.results import safe_name
from grader.text import clean, one_line


@pytest.mark.parametrize("plain", ["anna", "anna.smith", "s1234567", "02_feature_extraction", "a-b", "a" * 60])
def test_plain_names_stay(plain: str) -> None:
    assert safe_name(plain) == plain


@pytest.mark.parametrize(
    ("learner", "readable"),
    [
        ("../x", "x"),
        ("Zoë O'Neil", "Zoe_O_Neil"),
        ("<script>alert(1)</script>", "script_alert_1_script"),
        ("", "learner"),
        (".", "learner"),
        ("..", "learner"),
        ("李雷", "learner"),
        ("Anna", "Anna"),
        ("-rf", "rf"),
        (".hidden", "hidden"),
        ("con", "con"),
        ("nul.txt", "nul_txt"),
        ("x" * 300, "x" * 60),
        ("a/b\\c\x00d", "a_b_c_d"),
        ("caf\udce9", "caf"),  # a folder name that is not UTF-8
        ("trailing.", "trailing"),
        ("anna-0123456789", "anna_0123456789"),  # looks like a hashed name
    ],
)
def test_other_names_are_made_safe_and_stay_readable(learner: str, readable: str) -> None:
    assert re.fullmatch(re.escape(readable) + "-[0-9a-f]{10}", safe_name(learner))


def test_names_that_some_file_systems_take_for_one_differ() -> None:
    alike = ["anna", "Anna", "ANNA", "anna ", "Änna", "A\u0308nna", "anna.", "an/na", "an_na", "an-na"]
    assert len({safe_name(name).casefold() for name in alike}) == len(alike)


@given(st.lists(st.text(st.characters(), max_size=80), unique=True, max_size=20))
def test_any_names(names: list[str]) -> None:
    safe = [safe_name(name) for name in names]
    assert len({name.casefold() for name in safe}) == len(names)
    for name in safe:
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", name)
        assert not name.endswith(".")
        assert len(name) <= 71
        assert safe_name(name) == safe_name(name)


def test_clean_takes_out_what_disguises() -> None:
    assert clean("\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07") == "red link"
    assert clean("a\u202egnp.exe\u202c\u2066b\u200b\ufeff") == "agnp.exeb"
    assert clean("an\u00adna\u3164\u2800\u034f") == "anna"
    assert clean("tab\tline\r\nnext\rlast\u2028end") == "tab\tline\nnext\nlast\nend"
    assert clean("\x00\x07\ud800\x9f") == "\N{REPLACEMENT CHARACTER}" * 4
    assert clean("e" + "\u0301" * 50) == "e" + "\u0301" * 3
    assert clean("Zoë, 李雷, نور, 👩\u200d🔬") == "Zoë, 李雷, نور, 👩\u200d🔬"


def test_clean_cuts_and_says_so() -> None:
    assert clean("x" * 20, limit=20) == "x" * 20
    assert clean("x" * 2_000_000, limit=10) == "xxxxxxxxxx … (cut: 2,000,000 characters in all)"


@given(st.text(st.characters(), max_size=200))
def test_clean_is_always_encodable_and_stable(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "\x1b" not in once.encode("utf-8").decode("utf-8")


def test_one_line() -> None:
    assert one_line(" a\n\tb ") == "a b"
    assert one_line("\u202e\n") == "(no name)"
    assert one_line("x" * 500, 10) == "xxxxxxxxx…"
