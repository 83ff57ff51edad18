"""`check`: right, wrong, blank, raising and missing answers, in a real IPython shell and in plain globals."""

from __future__ import annotations

import gc
import json
import random
import sys
import textwrap
import time

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import tlcore.check as public
from tlcore.check.report import Stopped
from tlcore.check.run import run_check

IMPORTS = """\
import torch
from torch import nn
from tlcore import plots
"""
CHECKS = {
    "freeze": """
def check(freeze, show):
    model = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2))
    show.tried("freeze(the first layer)")
    freeze(model[0])
    flags = [p.requires_grad for p in model.parameters()]
    show.expect("which parameters learn", flags, [False, False, True, True], teach="Ask the <parameters>.")
    show.that(all(flags[2:]), "the head still learns", teach="Only the backbone is frozen.")
    moved = {"trainable": flags, "moved": [float(f) for f in flags]}
    expected = {"trainable": [False, False, True, True], "moved": [0.0, 0.0, 1.0, 1.0]}
    show.picture(plots.layers("freeze", ["0.weight", "0.bias", "1.weight", "1.bias"], moved, expected))
""",
    "lora_delta": """
def check(lora_delta, show):
    A, B = torch.ones(2, 3), torch.ones(4, 2)
    show.expect("delta", lora_delta(A, B, 4), torch.full((4, 3), 4.0), teach="The shape is that of the weight.")
    show.expect("A is untouched", A, torch.ones(2, 3))
""",
    "save": """
def check(save, load, show):
    show.expect("round trip", load(save({"a": 1})), {"a": 1})
""",
    "wrapper": """
def check(Wrapper, show):
    show.that(isinstance(Wrapper(nn.Linear(2, 2)), nn.Module), "it is a module")
    show.expect("output", Wrapper(nn.Identity())(torch.ones(2)), torch.ones(2))
""",
    "shape": """
def check(shape, show):
    show.expect("rows", shape(3).shape[0], 3)
""",
    "nothing": """
def check(nothing, show):
    nothing()
""",
}


@pytest.fixture
def check(tmp_path, monkeypatch):
    """`check` over a topic of its own, laid out like the real ones."""
    for topic, files in (("topic", CHECKS), ("broken", {"setups": "", "unreadable": "def check(:"})):
        folder = tmp_path / "demo_checks" / topic
        folder.mkdir(parents=True)
        for package in (folder.parent, folder):
            (package / "__init__.py").write_text("")
        for question, source in files.items():
            (folder / f"{question}.py").write_text(IMPORTS + source)
    monkeypatch.syspath_prepend(tmp_path)
    yield lambda question, **names: public.check(question, package="demo_checks", **names)
    for name in [n for n in sys.modules if n.startswith("demo_checks")]:
        del sys.modules[name]


@pytest.fixture
def shell(check, monkeypatch):
    """A real IPython shell, with `check` in its namespace."""
    InteractiveShell.clear_instance()
    config = Config()
    config.HistoryManager.enabled = False
    made = InteractiveShell.instance(config=config)
    # A cell calls the real function: it finds the notebook by itself.
    made.user_ns["package"] = "demo_checks"
    made.run_cell("from tlcore.check import check\nimport torch\nfrom torch import nn")
    yield made
    InteractiveShell.clear_instance()


def in_shell(shell, cell, question):
    if cell:
        shell.run_cell(textwrap.dedent(cell))
    result = shell.run_cell(f"report = check({question!r}, package=package)")
    assert result.success, result.error_in_exec
    return shell.user_ns["report"]


def in_globals(check, code, question):
    space: dict = {"torch": torch, "nn": torch.nn, "check": check}
    exec(textwrap.dedent(code), space)
    return check(question, namespace=space)


RIGHT = "def freeze(module):\n    return module.requires_grad_(False)"
WRONG = "def freeze(module):\n    module.requires_grad = False\n    return module"
BLANK = 'def freeze(module):\n    # YOUR CODE HERE\n    raise NotImplementedError("Write this part.")'
RAISING = "def freeze(module):\n    x = 1\n    return module.paramters()"


@pytest.mark.parametrize("where", ["shell", "globals"])
def test_right_wrong_blank_raising_missing(where, shell, check):
    def ask(code, question="freeze"):
        return in_shell(shell, code, question) if where == "shell" else in_globals(check, code, question)

    missing = ask("")
    assert (missing.status, missing.passed) == ("missing", False)
    assert "run the cell above first" in str(missing)

    right = ask(RIGHT)
    assert right.passed
    assert right.headline == "freeze — all 2 checks hold"

    wrong = ask(WRONG)
    assert (wrong.status, wrong.passed) == ("failed", False)
    assert wrong.headline == "freeze — 1 of 2 checks hold"
    assert "[›True‹, ›True‹, True, True]" in str(wrong)
    assert "[›False‹, ›False‹, True, True]" in str(wrong)
    assert str(wrong).splitlines()[1] == "  → Ask the <parameters>."
    assert "0.weight, 0.bias trainable and moved (expected: frozen and did not move)" in str(wrong)

    blank = ask(BLANK)
    assert blank.status == "blank"
    assert "The blank in freeze is not filled in yet" in str(blank)
    assert "NotImplementedError" not in str(blank)

    raising = ask(RAISING)
    assert raising.status == "error"
    assert "Your code stopped at line 3 of freeze:" in str(raising)
    if where == "shell":  # code given to exec has no source to show
        assert "return module.paramters()" in str(raising)
    assert "AttributeError: 'Linear' object has no attribute 'paramters'" in str(raising)
    assert "Traceback" not in str(raising)


def test_the_notebook_shows_html_and_a_terminal_shows_text(shell):
    shell.run_cell(WRONG)
    shown = shell.run_cell("check('freeze', package=package)").result
    bundle, _ = shell.display_formatter.format(shown)
    assert bundle["text/plain"] == str(shown)
    page = bundle["text/html"]
    assert "freeze — 1 of 2 checks hold" in page
    assert "Ask the &lt;parameters&gt;." in page
    assert "<parameters>" not in page
    assert 'src="data:image/png;base64,iVBOR' in page
    assert 'alt="freeze. 2 of 4 layers differ' in page
    assert page.count("<mark") == 4


def test_functions_of_a_script_are_found_in_the_callers_globals(check):
    space = {"__name__": "script"}
    InteractiveShell.clear_instance()
    exec(f"from tlcore.check import check\n{RIGHT}\nreport = check('freeze', package='demo_checks')", space)
    assert space["report"].passed


def test_a_name_that_is_no_function_and_a_name_nearly_right(check):
    assert "freeze is now 'int' data" in str(check("freeze", namespace={"freeze": 3}))
    assert "There is a Freeze" in str(check("freeze", namespace={"Freeze": print}))


def test_questions_with_several_functions_and_with_classes(check):
    code = "def save(x):\n    return dict(x)\ndef load(x):\n    return x\n"
    assert in_globals(check, code, "save").passed
    half = in_globals(check, "def save(x):\n    return x\ndef load(x):\n    raise NotImplementedError()", "save")
    assert "The blank in load" in str(half)
    wrapper = """
    class Wrapper(nn.Module):
        def __init__(self, inner):
            super().__init__()
        def forward(self, x):
            raise NotImplementedError()
    """
    report = in_globals(check, wrapper, "wrapper")
    assert report.status == "blank"
    assert "The blank in Wrapper.forward" in str(report)
    assert "1 of 1 checks before it hold" in report.headline


def test_torchs_own_not_implemented_is_an_error_and_not_a_blank(check):
    report = in_globals(check, "class Wrapper(nn.Module):\n    def __init__(self, m): super().__init__()", "wrapper")
    assert report.status == "error"
    assert "forward" in str(report)


def test_what_the_check_trips_over_is_explained(check):
    report = in_globals(check, "def shape(n):\n    n + 1", "shape")
    assert report.status == "error"
    assert "shape returned None: is a `return` missing?" in str(report)
    assert 'show.expect("rows", shape(3).shape[0], 3)' in str(report)


def test_unknown_question_lists_the_known_ones_and_a_missing_package_is_said(check):
    report = check("freze")
    assert report.status == "unknown"
    assert "Did you mean 'freeze'?" in str(report)
    assert "topic: freeze, lora_delta, nothing, save, shape, wrapper" in str(report)
    assert "could not be loaded" in str(check("unreadable"))
    none = public.check("freeze", package="no_such_package_of_checks")
    assert none.status == "unknown"
    assert "No checks are installed" in str(none)
    assert check(["freeze"]).status == "unknown"


def test_a_check_without_a_single_comparison_does_not_pass(check):
    report = in_globals(check, "def nothing(): pass", "nothing")
    assert not report.passed
    assert "nothing was checked" in str(report)


def test_printing_is_collected_and_an_endless_printer_is_stopped(check, capsys):
    head = "import sys\ndef freeze(m):\n    print('<b>hello')\n    print('oops', file=sys.stderr)\n"
    code = head + "    m.requires_grad_(False)"
    report = in_globals(check, code, "freeze")
    assert report.passed
    assert "<b>hello" in report.printed
    assert "oops" in report.printed
    assert "&lt;b&gt;hello" in report.html
    endless = """
    def freeze(m):
        while True:
            try:
                print("x" * 1000)
            except Exception:
                pass
    """
    report = in_globals(check, endless, "freeze")
    assert report.status == "error"
    assert "Does this loop ever end?" in str(report)
    assert len(report.printed) < 5000
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("raised", "status"), [("SystemExit(3)", "error"), ("KeyboardInterrupt()", "interrupted"), ("Bad()", "error")]
)
def test_nothing_a_learner_raises_ends_the_notebook(check, raised, status):
    code = f"class Bad(Exception):\n    def __str__(self): raise ValueError\ndef freeze(m):\n    raise {raised}"
    assert in_globals(check, code, "freeze").status == status


def test_endless_recursion_is_one_line(check):
    report = in_globals(check, "def freeze(m):\n    return freeze(m)", "freeze")
    assert "RecursionError" in str(report)
    assert len(str(report)) < 600


def test_inputs_are_copies_and_modules_are_not(check):
    code = "def lora_delta(A, B, alpha):\n    out = B @ A * (alpha / 2)\n    A.zero_()\n    return out"
    assert in_globals(check, code, "lora_delta").passed
    assert in_globals(check, "def freeze(m):\n    m.requires_grad_(False)", "freeze").passed  # in place


def test_random_numbers_are_the_same_each_time_and_the_notebooks_go_on(check):
    code = "def lora_delta(A, B, alpha):\n    return torch.rand(4, 3)"
    torch.manual_seed(5)
    random.seed(5)
    np.random.seed(5)
    first = in_globals(check, code, "lora_delta")
    after = torch.rand(1).item(), random.random(), np.random.rand()
    torch.manual_seed(5)
    random.seed(5)
    np.random.seed(5)
    assert after == (torch.rand(1).item(), random.random(), np.random.rand())
    assert str(in_globals(check, code, "lora_delta")) == str(first)


@pytest.mark.parametrize("code", [RIGHT, WRONG, BLANK, RAISING, ""])
def test_as_dict_is_json(check, code):
    report = in_globals(check, code, "freeze")
    summary = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    assert summary["passed"] is (code == RIGHT)
    assert summary["total"] == len(summary["checks"])
    assert set(report._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_a_report_keeps_no_tensor_alive(check):
    space: dict = {"torch": torch, "check": check}
    exec("import weakref\nkept = []\ndef freeze(m):\n    kept.append(weakref.ref(m))\n    raise ValueError", space)
    report = check("freeze", namespace=space)
    assert report.status == "error"
    gc.collect()
    assert space["kept"][0]() is None


def test_a_check_costs_a_moment(check):
    in_globals(check, RIGHT, "freeze")
    spent = []
    for _ in range(3):
        started = time.process_time()
        in_globals(check, RIGHT, "freeze")
        spent.append(time.process_time() - started)
    assert min(spent) < 0.1  # CPU seconds; 0.001 to 0.003 in 24 runs, half of them beside four busy loops


def test_show_never_raises_on_pictures():
    show = public.Show()
    for picture in ({}, None, {"kind": "bars"}, object()):
        show.picture(picture)  # type: ignore[arg-type]
    report = public.Report("q", "failed", show.items)
    assert str(report).count("No picture: ") == 4
    assert report.html.count("No picture: ") == 4
    assert report.as_dict()["pictures"] == []


def test_hostile_text_is_escaped_everywhere():
    bad = "</div><script>alert(1)</script>{{ 7*7 }}"
    show = public.Show()
    show.tried(bad)
    show.expect(bad, bad, {bad: bad}, teach=bad)
    show.that(False, bad, teach=bad + "2")
    page = public.Report(bad, "failed", show.items, printed=bad).html
    assert "<script" not in page
    assert "{{ 7*7 }}" in page


def test_code_between_backticks_looks_like_code_and_stays_escaped():
    show = public.Show()
    show.tried("call `freeze(model)`, then <b>")
    show.that(False, "`A` has moved", teach="Is `<i>` in it? An odd ` stays.")
    page = public.Report("q", "failed", show.items).html
    assert ">freeze(model)</code>, then &lt;b&gt;" in page
    assert ">A</code> has moved" in page
    assert ">&lt;i&gt;</code> in it? An odd ` stays." in page


def test_a_value_that_is_right_is_shown_if_it_is_short():
    show = public.Show()
    show.expect("layers", ["fc"], ["fc"])
    show.expect("a table", torch.zeros(3, 2), torch.zeros(3, 2))
    show.expect("many", "x" * 60, "x" * 60)
    report = public.Report("q", "passed", show.items)
    assert str(report).splitlines()[1:] == ["    ✓ layers: ['fc']", "    ✓ a table", "    ✓ many"]
    assert "layers: <span" in report.html and "many: <span" not in report.html


def test_nbgrader_validate_is_told_of_a_wrong_answer(check, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert in_globals(check, RIGHT, "freeze").passed
    with pytest.raises(AssertionError, match="1 of 2 checks hold"):
        in_globals(check, WRONG, "freeze")
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert not in_globals(check, WRONG, "freeze").passed


def test_what_torch_warns_a_check_of_is_not_said_to_be_the_learners(recwarn):
    """A warning about a line of the project's checks is not shown; one about the learner's own code is."""
    checks = {"__name__": "tlcore.checks.made_up.warns"}
    exec("import warnings\ndef check(f, show):\n    warnings.warn('of the check')\n    show.that(f(), 'f')\n", checks)
    learner: dict[str, object] = {"__name__": "__main__"}
    exec("import warnings\ndef f():\n    warnings.warn('of the learner')\n    return True\n", learner)
    assert run_check("f", checks["check"], [learner]).passed
    assert [str(w.message) for w in recwarn] == ["of the learner"]


def test_of_many_comparisons_those_that_hold_are_folded():
    show = public.Show()
    for case in range(7):
        show.tried(f"case {case}")
        show.that(True, "it returns a number")
        show.expect("the number", case, 3 if case == 5 else case)
    page = public.Report("q", "failed", show.items).html
    assert [f"case {case}</summary>" in page for case in range(7)] == [True] * 5 + [False, True]
    assert "<details" not in public.Report("q", "failed", show.items[:18]).html
    stopped = public.Report("q", "error", show.items, Stopped("It stopped here.")).html
    assert "case 4</summary>" in stopped and "case 6</summary>" not in stopped
