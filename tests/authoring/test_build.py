"""Built notebooks: what learners get, and what they never get."""

import json
from pathlib import Path

import nbformat
import pytest

from grader.authoring.build import build, targets
from grader.authoring.notebook import build_notebook, fill, solved_notebook, to_bytes
from grader.exercise import blanks
from grader.exercise.catalogue import load_exercise
from grader.exercise.errors import AuthoringError, UnknownExercise

NAME = "01_doubling"


@pytest.fixture
def exercise(course: Path):
    return load_exercise(NAME, course)


@pytest.fixture
def notebook(exercise):
    return build_notebook(exercise)


def cell(notebook, id):
    return next(each for each in notebook.cells if each.id == id)


def test_it_is_valid_nbformat_4_5_and_knows_only_its_kernel(notebook):
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    assert {key for each in notebook.cells for key in each.metadata} == {"nbgrader", "deletable", "editable"}


def test_answer_and_check_cells_carry_nbgraders_metadata(notebook):
    answer = cell(notebook, "double").metadata
    assert answer.deletable is False
    assert "editable" not in answer
    assert {**answer.nbgrader, "checksum": ""} == {
        "cell_type": "code",
        "checksum": "",
        "grade": False,
        "grade_id": "double",
        "locked": False,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    check = cell(notebook, "double_test").metadata
    assert (check.deletable, check.editable) == (False, False)
    assert (check.nbgrader.grade, check.nbgrader.solution, check.nbgrader.locked) == (True, False, True)
    assert check.nbgrader.points == 1.0
    assert cell(notebook, "constant_test").metadata.nbgrader.points == 1.6


def test_checksums_are_those_that_nbgrader_computes(notebook):
    from nbgrader.utils import compute_checksum

    for id in ("double", "double_test", "constant", "constant_test"):
        assert cell(notebook, id).metadata.nbgrader.checksum == compute_checksum(cell(notebook, id))


def test_nothing_that_a_learner_must_not_see_is_in_the_file(notebook):
    text = to_bytes(notebook).decode()
    for secret in (
        "secret_sum",
        "42",
        "SOLUTION",
        "jupytext",
        "objectives",
    ):
        assert secret not in text
    assert "naïve" in text
    assert "And `number + number`?" in text


def test_a_blank_keeps_what_stands_around_the_solution(notebook):
    assert cell(notebook, "double").source == (
        'def double(number):\n    """Twice `number`."""\n    # 1. add it to itself\n    # YOUR CODE HERE\n'
        '    raise NotImplementedError("Write this part, then run this cell and the check below it.")'
    )
    with pytest.raises(NotImplementedError, match="Write this part"):
        exec(cell(notebook, "constant").source, {})


@pytest.mark.parametrize(
    ("written", "read"),
    [("{{Questions}} questions", "Two questions"), ("see {{constant}}", "see 1.2"), ("a $x_{{i}}$", "a $x_{{i}}$")],
)
def test_prose_names_what_is_computed(course: Path, spoil, written: str, read: str):
    spoil("**What you just saw**", written)
    assert read in [each.source for each in build_notebook(load_exercise(NAME, course)).cells]


def test_one_question_is_no_questions(course: Path, spoil):
    path = (
        spoil("**What you just saw**", "{{Questions}} questions, {{questions}} questions") / "solutions" / f"{NAME}.py"
    )
    text = path.read_text(encoding="utf-8")
    path.write_text(text.partition("# %% [markdown]\n# ## A constant")[0], encoding="utf-8")
    assert "One question, one question" in [each.source for each in build_notebook(load_exercise(NAME, course)).cells]


def test_magics_and_the_order_of_the_cells_stay(notebook):
    ids = [each.id for each in notebook.cells]
    assert ids == [
        "prose-1-doubling",
        "code-from-tlcore-check-import-check",
        "prose-1-1-double-it-double-5-min",
        "double",
        "double_test",
        "double_hints",
        "prose-what-you-just-saw",
        "code-matplotlib-inline",
        "code-matplotlib-inline-2",
        "prose-1-2-a-constant-constant-8-min",
        "constant",
        "constant_test",
        "constant_hints",
    ]
    assert cell(notebook, "code-matplotlib-inline").source == "%matplotlib inline\ndouble(21)"


def test_the_blank_of_a_question_is_what_nbgrader_makes(exercise, notebook):
    for question in exercise.questions:
        assert cell(notebook, question.id).source == question.blank_source
    two = (
        "if a:\n    ### BEGIN SOLUTION\n    b = 2\n\n    ### END SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION\nc = 3"
    )
    from nbgrader.preprocessors import ClearSolutions

    made = nbformat.v4.new_code_cell(two, metadata={"nbgrader": {"solution": True}})
    ClearSolutions(code_stub={"python": blanks.STUB}).preprocess_cell(made, {"language": "python"}, 0)
    assert blanks.blank(two) == made.source


def test_solved_and_filled_notebooks_hold_the_answers_and_keep_the_metadata(exercise, notebook):
    solved = solved_notebook(exercise)
    assert cell(solved, "double").source.endswith("    secret_sum = number + number\n    return secret_sum")
    assert "SOLUTION" not in to_bytes(solved).decode()
    scope: dict = {}
    exec(cell(solved, "double").source, scope)
    assert scope["double"](4) == 8
    filled = fill(notebook, {"constant": "constant = None"})
    assert cell(filled, "constant").source == "constant = None"
    assert cell(notebook, "constant").source == exercise.question("constant").blank_source
    assert [each.metadata for each in filled.cells] == [each.metadata for each in notebook.cells]
    with pytest.raises(AuthoringError, match=r"no answer cell 'tripled'; it has double, constant"):
        fill(notebook, {"tripled": ""})


def test_building_twice_changes_nothing(course: Path):
    first = build([], root=course)
    assert [file.state for file in first] == ["missing"]
    before = {file.path: (file.path.read_bytes(), file.path.stat().st_mtime_ns) for file in first}
    second = build([], root=course)
    assert [file.state for file in second] == ["current"]
    assert {file.path: (file.path.read_bytes(), file.path.stat().st_mtime_ns) for file in second} == before


def test_line_ends_and_a_jupytext_header_change_nothing(course: Path):
    path = course / "solutions" / f"{NAME}.py"
    plain = [file.content for file in targets(NAME, course)]
    text = path.read_text(encoding="utf-8")
    kernel = "{display_name: Mine, language: python, name: my-own}"
    header = f"# ---\n# jupyter:\n#   jupytext: {{formats: 'py:percent'}}\n#   kernelspec: {kernel}\n# ---\n\n"
    path.write_text(header + text, encoding="utf-8")
    assert [file.content for file in targets(NAME, course)] == plain
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert [file.content for file in targets(NAME, course)] == plain


def test_what_is_stale_missing_or_without_a_solution(course: Path):
    build([], root=course)
    notebook = course / "exercises" / f"{NAME}.ipynb"
    data = json.loads(notebook.read_text(encoding="utf-8"))
    data["cells"][0]["source"] = ["edited"]
    notebook.write_text(json.dumps(data), encoding="utf-8")
    (course / "exercises" / "77_gone.ipynb").write_text("{}")
    files = build([], check=True, root=course)
    assert [(file.path.name, file.state, file.mend(course)) for file in files] == [
        (f"{NAME}.ipynb", "stale", f"tl build {NAME}"),
        ("77_gone.ipynb", "orphan", "git rm exercises/77_gone.ipynb"),
    ]


def test_an_unknown_exercise_lists_the_known(course: Path):
    with pytest.raises(UnknownExercise, match="unknown exercise '02_x'; known: 01_doubling"):
        build([NAME, "02_x"], root=course)
    assert not (course / "exercises").exists()
    with pytest.raises(UnknownExercise, match="known: 01_doubling"):
        load_exercise("../solutions/01_doubling", course)
    with pytest.raises(UnknownExercise, match="there is no exercise"):
        build([], root=course / "solutions")


def test_a_faulty_solution_does_not_keep_the_others_from_being_built(course: Path):
    (course / "solutions" / "02_broken.py").write_text("# %%\nx = (\n", encoding="utf-8")
    with pytest.raises(AuthoringError, match=r"02_broken.py:2: syntax error"):
        build([], root=course)
    assert (course / "exercises" / f"{NAME}.ipynb").is_file()


def test_a_free_text_cell_is_graded_by_a_person(tmp_path: Path) -> None:
    solution = tmp_path / "solutions" / "01_doubling.py"
    solution.parent.mkdir()
    text = (Path(__file__).parent / "course" / "solutions" / "01_doubling.py").read_text(encoding="utf-8")
    manual = '\n# %% [markdown] manual="explain" minutes=10\n# ### BEGIN SOLUTION\n# Secret.\n# ### END SOLUTION\n'
    solution.write_text(text + manual, encoding="utf-8")
    exercise = load_exercise("01_doubling", tmp_path)
    cell = build_notebook(exercise).cells[-1]
    assert (cell.cell_type, cell.source) == ("markdown", "YOUR ANSWER HERE")
    assert cell.metadata.nbgrader.grade and cell.metadata.nbgrader.solution and cell.metadata.nbgrader.points == 2.0
    assert "explain" not in [question.id for question in exercise.questions]
    assert exercise.by_hand == (("explain", 2.0),)
