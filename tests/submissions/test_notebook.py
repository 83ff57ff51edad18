"""Reading untrusted notebooks: which cell answers what, and what is said of files that are none."""

import json
import os
from types import SimpleNamespace

import pytest

from grader.submissions import NotReadable, read_answers, read_bytes

EXERCISE = SimpleNamespace(
    questions=[
        SimpleNamespace(
            id="freeze", defines=("freeze",), blank_source="def freeze(module):\n    raise NotImplementedError"
        ),
        SimpleNamespace(id="frozen_backbone", defines=("FrozenBackbone",), blank_source="class FrozenBackbone: ..."),
    ],
    cells=[SimpleNamespace(role="code", source="import torch\n")],
)


def _cell(source, grade_id=None, kind="code"):
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    return {"cell_type": kind, "source": source, "metadata": metadata, "outputs": []}


def _read(*cells, **notebook):
    return read_answers(json.dumps({"nbformat": 4, "cells": list(cells), **notebook}).encode(), EXERCISE)


def _answers(result):
    return {c["question"]: c["source"] for c in result.cells if c["question"]}


GOOD = "def freeze(m):\n    return m"
CLASS = "class FrozenBackbone:\n    pass"


def test_answers_are_known_by_their_grade_id_wherever_they_are():
    result = _read(
        _cell("x = 1"), _cell(CLASS, "frozen_backbone"), _cell("text", kind="markdown"), _cell(GOOD, "freeze")
    )
    assert _answers(result) == {"frozen_backbone": CLASS, "freeze": GOOD} and not result.remarks


def test_check_cells_are_not_run():
    result = _read(_cell(GOOD, "freeze"), _cell('check("freeze")', "freeze_test"), _cell(CLASS, "frozen_backbone"))
    assert not any("check" in c["source"] for c in result.cells)


def test_lost_metadata_is_made_up_for_by_the_name_that_a_cell_defines():
    result = _read(_cell("@property\ndef other(): ..."), _cell(GOOD), _cell(CLASS))
    assert _answers(result) == {"freeze": GOOD, "frozen_backbone": CLASS}
    assert sum("found by the name" in r for r in result.remarks) == 2


def test_a_duplicated_answer_counts_where_it_was_filled():
    blank = EXERCISE.questions[0].blank_source
    result = _read(_cell(GOOD, "freeze"), _cell(blank, "freeze"), _cell(CLASS, "frozen_backbone"))
    assert _answers(result)["freeze"] == GOOD and "2 answer cells" in result.remarks[0]


def test_of_a_cell_that_was_split_the_part_that_defines_the_answer_counts():
    result = _read(
        _cell("import torch", "freeze"), _cell(GOOD, "freeze"), _cell("freeze(typo)", "freeze"), _cell(CLASS)
    )
    assert _answers(result)["freeze"] == GOOD and "3 answer cells" in result.remarks[0]


def test_an_answer_written_into_another_cell_is_found_when_the_blank_was_left_empty():
    blank = EXERCISE.questions[0].blank_source
    result = _read(_cell(blank, "freeze"), _cell(GOOD), _cell(CLASS, "frozen_backbone"))
    assert _answers(result)["freeze"] == GOOD


def test_a_blank_as_it_was_handed_out_is_known_for_one():
    blank = EXERCISE.questions[0].blank_source
    result = _read(_cell(blank + "\n", "freeze"), _cell(CLASS, "frozen_backbone"))
    assert result.blank == {"freeze"}
    assert result.answered == {"freeze", "frozen_backbone"}


def test_a_cell_as_it_was_handed_out_is_known_for_one():
    result = _read(_cell("import torch  "), _cell("import torch\nx = 1"), _cell(["import torch\n", "\n"]))
    assert [c["handed_out"] for c in result.cells] == [True, False, True]


def test_a_deleted_answer_is_missing_with_a_remark():
    result = _read(_cell(CLASS, "frozen_backbone"))
    assert result.answered == {"frozen_backbone"} and "'freeze' is missing" in result.remarks[0]


BLANK = EXERCISE.questions[0].blank_source


@pytest.mark.parametrize(
    ("cells", "remark"),
    [
        (
            [_cell(GOOD, "freeze_layers"), _cell('check("freeze")', "freeze_layers_test")],
            "is missing; its answer was found",
        ),
        ([_cell(GOOD + '\ncheck("freeze")', "freeze_test")], "is missing; its answer was found"),
        ([_cell(BLANK, "freeze"), _cell(GOOD + '\ncheck("freeze")', "freeze_test")], "in a check cell"),
        ([_cell(GOOD, "freeze", "markdown"), _cell('check("freeze")', "freeze_test")], "had become a text cell"),
        ([_cell(GOOD, "freeze", "raw")], "had become a text cell"),
    ],
    ids=["an older release", "merged with the check", "written into the check", "markdown", "raw"],
)
def test_an_answer_is_found_wherever_it_went(cells, remark):
    result = _read(*cells, _cell(CLASS, "frozen_backbone"))
    assert _answers(result)["freeze"].startswith(GOOD) and not result.blank
    assert result.answered == {"freeze", "frozen_backbone"} and remark in result.remarks[0]
    assert all(c["source"] != BLANK for c in result.cells)


def test_an_answer_in_another_questions_cell_is_one_and_the_blank_does_not_come_after_it():
    both = _cell(f"{CLASS}\n{GOOD}", "frozen_backbone")
    result = _read(both, _cell(BLANK, "freeze"))
    assert result.answered == {"freeze", "frozen_backbone"} and not result.blank
    assert result.cells == [
        {"source": both["source"], "question": "frozen_backbone", "handed_out": False}
    ] and result.places == [0]
    assert "in another answer" in result.remarks[0]


def test_line_ends_of_other_systems_make_no_difference():
    result = _read(_cell(BLANK.replace("\n", "\r\n"), "freeze"), _cell(CLASS.replace("\n", "\r"), "frozen_backbone"))
    assert result.blank == {"freeze"} and _answers(result)["frozen_backbone"] == CLASS


def test_a_notebook_of_another_exercise_is_told_so_once():
    result = _read(_cell("def merge(layer): ...", "merge"), _cell('check("merge")', "merge_test"))
    assert not result.answered and result.remarks == [
        "no answer to any question was found: is this the notebook of this exercise?"
    ]


def test_an_old_format_is_converted():
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {},
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {
                        "cell_type": "code",
                        "input": GOOD,
                        "language": "python",
                        "outputs": [{"output_type": "nonsense"}],
                        "metadata": {"nbgrader": {"grade_id": "freeze"}},
                    }
                ],
            }
        ],
    }
    result = read_answers(json.dumps(old).encode(), EXERCISE)
    assert _answers(result) == {"freeze": GOOD} and "format 3" in result.remarks[0]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\x89PNG", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"PK\x03\x04\x14\0", "archive .zip., not a notebook: unpack it and hand in"),
        (b"<!DOCTYPE html>\n<html></html>", "web page, not a notebook: download the notebook"),
        (b'{"cells": [\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n]}', r"merge conflict .line 2: <<<<<<<.*keep one"),
        (b'{"cells": [{"cell_type": "co', "damaged or breaks off.*a copy that Jupyter opens"),
        (b"[]", "not a notebook"),
        (b'{"nbformat": 4}', "not a notebook"),
        (b'{"nbformat": 3, "worksheets": 7}', "old format"),
        (b'{"nbformat": 99, "cells": []}', "not a notebook"),
    ],
)
def test_what_is_not_a_notebook_is_said(data, says):
    with pytest.raises(NotReadable, match=says):
        read_answers(data, EXERCISE)


def test_strange_cells_do_no_harm():
    result = _read(
        None,
        3,
        {"cell_type": "code"},
        {"cell_type": "code", "source": [1, "a = 1"], "metadata": []},
        _cell(GOOD, ["freeze"]),
    )
    assert "freeze" in result.answered and len(result.cells) == 3


def test_code_without_end_is_refused():
    with pytest.raises(NotReadable, match="MiB of code"):
        _read(_cell("x" * 3 * 2**20))


def test_only_regular_files_are_read(tmp_path):
    (tmp_path / "target").write_text("secret")
    (tmp_path / "link").symlink_to("target")
    os.mkfifo(tmp_path / "pipe")
    for name, says in [("link", "cannot be opened"), ("pipe", "not a regular file"), ("nothing", "cannot be opened")]:
        with pytest.raises(NotReadable, match=says):
            read_bytes(tmp_path / name)


def test_a_file_without_end_is_refused_unread(tmp_path):
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(300 * 2**20)
    with pytest.raises(NotReadable, match="clear the outputs"):
        read_bytes(tmp_path / "huge")


def test_somebody_alone_is_not_told_to_hand_in():
    for data in (b"", b"print()", b"{}", b"[" * 3_000_000):
        with pytest.raises(NotReadable, match=r"hand(ed)?\b.* in") as caught:
            read_answers(data, EXERCISE)
        assert "hand" not in caught.value.alone and caught.value.alone.endswith("and check again")
