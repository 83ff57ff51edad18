"""A learner's way through an exercise in the real JupyterLab, in a headless Chromium.

Needs the program `chromium` (or google-chrome).
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from browser import Page
from lab import CELLS, NOTEBOOK, Lab, serve

from grader.exercise.catalogue import ROOT, load_exercise

EXERCISE = "02_feature_extraction"
WRONG = "def freeze(module):\n    module.requires_grad = False\n    return module\n"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    shutil.copy(ROOT / "exercises" / f"{EXERCISE}.ipynb", folder)
    with serve(folder, tmp_path / "home") as address:
        page = Page(tmp_path / "profile")
        try:
            lab = Lab(page)
            lab.open(f"{address}/doc/tree/{EXERCISE}.ipynb")
            yield lab
        finally:
            page.close()


def pictures(lab: Lab, index: int) -> list[dict[str, Any]]:
    """The images in a cell's output: how wide they are drawn, and their alternative text."""
    return lab.page.run(
        f"i => [...{CELLS}[i].outputArea.node.querySelectorAll('img')].map(p => "
        "({drawn: p.width, real: p.naturalWidth, alt: p.alt}))",
        index,
    )


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_learner_fills_a_blank_sees_what_is_wrong_mends_it_and_runs_everything(lab: Lab, tmp_path: Path) -> None:
    exercise = load_exercise(EXERCISE)
    blank, check = lab.cell("freeze"), lab.cell("freeze_test")
    lab.run(lab.cell_with("from tlcore.check import check"))

    assert "not defined yet" in lab.run(check)
    lab.run(blank)
    assert "not filled in yet" in lab.run(check)

    lab.type_into(blank, WRONG)
    assert lab.source(blank).strip() == WRONG.strip()
    lab.run(blank)
    said = lab.run(check)
    assert "2 of 4 checks hold" in said and "Which tensors does the optimizer hold" in said
    (picture,) = pictures(lab, check)
    assert picture["real"] > 600 and 300 < picture["drawn"] <= 600
    assert "8 of 10 layers differ" in picture["alt"]

    lab.type_into(blank, exercise.question("freeze").answer_source)
    lab.run(blank)
    assert "all 4 checks hold" in lab.run(check)
    assert "all as expected" in pictures(lab, check)[0]["alt"]

    hints = lab.cell_with("<summary>Hint 1")
    lab.select(hints)
    summaries = f"[...{CELLS}[i].node.querySelectorAll('summary')].filter(s => s.checkVisibility())"
    last = f"const b = {summaries}.at(-1).getBoundingClientRect(); return [b.x + 20, b.y + b.height / 2]"
    for shown in range(1, 5):
        assert lab.page.run(f"i => {summaries}.length", hints) == shown
        place = f"i => {{ {last} }}"
        lab.page.click(*lab.page.run(place, hints))
    assert "A loop of one line" in lab.page.run(f"i => {CELLS}[i].node.innerText", hints)

    for question in exercise.questions:
        lab.page.run(
            f"(i, s) => {{ {CELLS}[i].model.sharedModel.setSource(s) }}",
            lab.cell(question.id),
            question.answer_source,
        )
    lab.page.run(f"() => {NOTEBOOK}.sessionContext.session.kernel.restart()")
    lab.command("notebook:run-all-cells")
    lab.idle(240)
    lab.page.picture(tmp_path / "end.png")
    lab.page.run(f"() => {NOTEBOOK}.context.save()")
    saved = nbformat.read(tmp_path / "notebooks" / f"{EXERCISE}.ipynb", as_version=4)
    nbformat.validate(saved)
    outputs = {c.metadata.get("nbgrader", {}).get("grade_id"): c.get("outputs") for c in saved.cells}
    for question in exercise.questions:
        assert f"{question.id} — all " in outputs[f"{question.id}_test"][0].data["text/plain"]
    assert "stderr" not in {o.get("name") for c in saved.cells for o in c.get("outputs", [])}
    assert "error" not in {o.output_type for c in saved.cells for o in c.get("outputs", [])}
    assert "%|" not in json.dumps([c.get("outputs") for c in saved.cells]), "no bar is left in the saved notebook"
