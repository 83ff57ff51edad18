"""The digest of what judges an exercise: the same for the same sources, another for each change that can matter."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.exercise.catalogue import ROOT
from grader.judging import judged_by as module
from grader.judging.judged_by import judged_by

FEATURES, LORA = "02_feature_extraction", "04_lora_from_scratch"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the checkout's sources."""
    for folder in ("grader", "tlcore", "solutions"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "*.safetensors"))
    return tmp_path


def _digests(tree: Path) -> list[str]:
    """Of both exercises, read anew as another run would."""
    module.judged_by.cache_clear()
    module._digest.cache_clear()
    return [judged_by(name, tree) for name in (FEATURES, LORA)]


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_the_same_sources_anywhere_have_the_same_digest(tree: Path) -> None:
    here = _digests(ROOT)
    assert _digests(tree) == here
    assert len(set(here)) == 2


@pytest.mark.parametrize(
    ("source", "old", "changed"),
    [
        ("grader/hidden/feature_extraction/freeze.py", "weight=3", [True, False]),
        ("grader/hidden/feature_extraction/setups.py", "def ", [True, False]),
        ("grader/hidden/lora_from_scratch/merge.py", "def ", [False, True]),
        ("grader/hidden/registry.py", "def ", [True, True]),
        ("tlcore/reference/lora_from_scratch/lora_delta.py", "def ", [False, True]),
        ("tlcore/misconceptions/feature_extraction/prepare.py", "def ", [True, False]),
        ("tlcore/misconceptions/lora_from_scratch/merge.py", "def ", [False, True]),
        ("grader/remote/tools/lora_from_scratch.py", "def ", [False, True]),
        ("tlcore/checkpoints/wire-llama/card.json", "{", [True, True]),
        ("solutions/04_lora_from_scratch.py", "minutes=8", [False, True]),
        ("solutions/04_lora_from_scratch.py", "### BEGIN SOLUTION", [False, True]),
        ("solutions/04_lora_from_scratch.py", "## The update", [False, True]),
        ("grader/judging/verdict.py", "def ", [True, True]),
        ("grader/student/compare.py", "def ", [True, True]),
        ("grader/judging/stand_ins/lora_from_scratch.py", "def ", [False, True]),
        ("grader/submissions/notebook.py", "def ", [True, True]),
        ("tlcore/models/tinynet.py", "class ", [True, True]),
        ("tlcore/data/leaves.py", "def ", [True, True]),
        ("tlcore/stand_ins/lora_from_scratch.py", "class ", [False, True]),
        ("tlcore/checks/lora_from_scratch/merge.py", "def ", [False, False]),
        ("grader/pages/wording.py", "def ", [False, False]),
        ("grader/cli/grade.py", "def ", [False, False]),
        ("solutions/04_lora_from_scratch.py", "<summary>Hint 1: a nudge</summary>", [False, False]),
    ],
)
def test_a_change_counts_where_it_can_matter(tree: Path, source: str, old: str, changed: list[bool]) -> None:
    before = _digests(tree)
    _edit(tree / source, old, f"{old} ")
    assert [now != then for now, then in zip(_digests(tree), before, strict=True)] == changed


def test_a_new_file_counts(tree: Path) -> None:
    before = _digests(tree)
    (tree / "grader" / "hidden" / "lora_from_scratch" / "more.py").write_text("x = 1\n")
    after = _digests(tree)
    assert after[0] == before[0] and after[1] != before[1]


def test_what_counts_is_what_is_imported() -> None:
    """What Python loads of the followed packages to judge an exercise is among the sources."""
    script = (
        "import sys; from grader.judging.answer_key import AnswerKey; key = AnswerKey({name!r}, '5eed')\n"
        "for q in key.tests: key.reference(q); key.misconceptions(q)\n"
        "print(*(n for n in sys.modules if n.split('.')[0] == 'tlcore' or n.startswith('grader.hidden')))"
    )
    for name in (FEATURES, LORA):
        run = subprocess.run(
            [sys.executable, "-c", script.format(name=name)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        loaded = set(run.stdout.split())
        assert f"grader.hidden.{name[3:]}" in loaded
        assert loaded <= {_module(path) for path in module.sources(name[3:], ROOT)}


def test_nothing_heavy_is_imported_for_it() -> None:
    script = (
        "import sys; from grader.judging.judged_by import judged_by; judged_by({!r})\n"
        "assert not {{'torch', 'nbformat'}} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script.format(LORA)], cwd=ROOT, check=True)
