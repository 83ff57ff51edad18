"""The learners' bundle: installed as a learner does, and searched for what learners must not have."""

import ast
import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import version
from pathlib import Path

import nbformat
import pytest
from channel_cases import EXERCISE, Run

from grader.channels.learners.bundle import write_bundle
from grader.channels.releasing import ReleaseRefused
from grader.exercise.catalogue import ROOT, exercise_names, load_exercise


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of all exercises, unpacked; the folder inside."""
    base = tmp_path_factory.mktemp("bundle")
    with zipfile.ZipFile(write_bundle(base / "out.zip", exercise_names())) as archive:
        archive.extractall(base)
    return base / "transfer-learning"


@pytest.fixture(scope="module")
def installed(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment with the wheel; what it depends on comes from this environment's packages."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, _wheel(bundle)], check=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


GIVEN = {"tlcore/stand_ins/lora_from_scratch.py"}
"""Handed to learners on purpose, to go on with where an earlier answer is stuck."""

IDIOMS = {
    "return self.head(self.backbone(x))",
    'for name in ("val", "test"):',
    "for path, module in model.named_modules()",
    "parameter.requires_grad = False",
    "name: value.detach().clone()",
    "self.dropout = nn.Dropout(dropout)",
    'for layout in ("fc", "classifier", "head"):',
    'LAYOUTS = ("fc", "classifier", "head")',
    "report = load_backbone(model, checkpoint)",
    "if not isinstance(names, (list, tuple)):",
    "if parameter.requires_grad:",
    "for part in module.modules():",
    "loss = F.cross_entropy(model(x), y)",
    "Batches = Iterable[tuple[Tensor, Tensor]]",
    "for parameter in model.parameters():",
}
"""Lines of everyday PyTorch that open and closed code share by chance; each was looked at."""


def _wheel(bundle: Path) -> Path:
    (wheel,) = bundle.glob("tl_learner-*.whl")
    return wheel


def _all_text(bundle: Path) -> dict[str, str]:
    with zipfile.ZipFile(_wheel(bundle)) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    inside |= {path.name: path.read_bytes() for path in bundle.iterdir() if path.suffix != ".whl"}
    return {name: data.decode("utf-8", "replace") for name, data in inside.items()}


def _telling_lines(source: str) -> set[str]:
    """Lines of code that would give something away: not imports, signatures, docstrings, comments, or trivial ones."""
    skipped: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            skipped.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            skipped.update(range(node.lineno, node.body[0].lineno))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = enumerate(source.splitlines(), 1)
    kept = {line.strip() for number, line in lines if number not in skipped}
    return {line for line in kept if len(line) > 24 and not line.startswith("#")}


def _closed_lines() -> dict[str, str]:
    """Telling line -> the closed file that it is from."""
    found: dict[str, str] = {}
    for folder in ("tlcore/reference", "tlcore/misconceptions", "grader/hidden"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found |= dict.fromkeys(_telling_lines(path.read_text(encoding="utf-8")), f"{folder}/{path.name}")
    shown = ""
    for name in exercise_names():
        exercise = load_exercise(name)
        for question in exercise.questions:
            lines = _telling_lines(question.answer_source)
            found |= dict.fromkeys(lines, f"the solution of {question.id}")
        # What the author writes in a hint, a text or a blank is the author's choice.
        texts = [c.source for c in exercise.cells if c.markdown] + [q.blank_source for q in exercise.questions]
        shown += "\n".join(texts)
    return {line: source for line, source in found.items() if line not in shown and line not in IDIOMS}


def test_nothing_closed_is_in_the_bundle(bundle: Path):
    closed = _closed_lines()
    assert len(closed) > 100
    leaked = [
        f"{name}: {line} ({source})"
        for name, text in _all_text(bundle).items()
        if name not in GIVEN
        for line, source in closed.items()
        if line in text or line.replace('"', '\\"') in text
    ]
    assert leaked == [], "\n".join(leaked)


def test_the_search_would_find_a_solution(bundle: Path):
    """The control: a solved notebook is full of such lines."""
    from grader.authoring.notebook import solved_notebook

    text = nbformat.writes(solved_notebook(load_exercise(EXERCISE)))
    assert sum(line.replace('"', '\\"') in text for line in _closed_lines()) > 5


def test_the_bundle_holds_what_it_should(bundle: Path):
    assert sorted(p.name for p in bundle.iterdir()) == ["README.md", "constraints.txt", _wheel(bundle).name]
    names = _all_text(bundle)
    assert {f"tl_learner/notebooks/{name}.ipynb" for name in exercise_names()} < set(names)
    assert not [n for n in names if n.startswith(("grader", "tlcore/reference", "tlcore/misconceptions", "solutions"))]
    assert f'pip install -c constraints.txt "./{_wheel(bundle).name}"' in names["README.md"]
    assert "**Begin with `00_before_the_workshop.ipynb`**" in names["README.md"]


def test_the_first_time_the_bundle_opens_with_notebook_00(installed: Path, tmp_path: Path):
    """JupyterLab is not started: what it would be started with is printed."""
    code = (
        "import os, sys\nfrom tl_learner.__main__ import main\n"
        "os.execv = lambda program, command: (print(command), sys.exit())\nmain([sys.argv[1]])"
    )
    command = [installed, "-I", "-c", code, tmp_path / "mine"]
    first, second = (subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(2))
    assert "/lab/tree/00_before_the_workshop.ipynb" in first
    assert "jupyterlab" in second and "/lab/tree/" not in second


def test_an_installed_bundle_says_where_it_runs(installed: Path, tmp_path: Path):
    """With the requirements of the learners' wheel, and without the grader."""
    code = (
        "from tlcore.machine import this_machine; import sys; print(this_machine()); assert 'grader' not in sys.modules"
    )
    done = subprocess.run([installed, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=280)
    lines = done.stdout.splitlines()
    assert any(line.split()[:3] == ["ok", "torch", version("torch")] for line in lines), done.stderr
    assert not any(line.startswith(" !! ") for line in lines), lines
    assert not any("nbgrader" in line for line in lines)


def test_the_page_says_what_a_newcomer_has_to_know(bundle: Path):
    page = (bundle / "README.md").read_text(encoding="utf-8")
    order = ["python -m venv .venv", ". .venv/bin/activate", "pip install -c", "tl-learner\n", "Shift+Enter", "Ctrl-C"]
    assert "{" not in page
    assert all(word in page for word in order)
    assert page.index(order[0]) < page.index(order[2]) < page.index(order[3])  # an environment first
    assert "python3" in page and "to download" in page and "on disk" in page and "minutes" in page
    pins = (bundle / "constraints.txt").read_text(encoding="utf-8").splitlines()
    (torch,) = (line for line in pins if line.startswith("torch=="))
    assert f'pip install "{torch}+cpu"' in page
    for name in exercise_names():
        assert f"- {name[:2]} {load_exercise(name).title}" in page


@pytest.mark.parametrize(("user", "told"), [(0, True), (1000, False)])
def test_jupyter_is_told_that_root_is_meant(user: int, told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It refuses to run as root unless told, and in a container root is often the only user there is."""
    from grader.channels.learners.shipped.tl_learner.__main__ import lab_command

    monkeypatch.setattr("os.geteuid", lambda: user)
    command = lab_command(tmp_path)
    assert command[0] == sys.executable and f"--ServerApp.root_dir={tmp_path}" in command
    assert ("--allow-root" in command) == told
    assert not any("default_url" in option for option in command)
    assert "--LabApp.default_url=/lab/tree/00_x.ipynb" in lab_command(tmp_path, "00_x.ipynb")


@pytest.mark.slow
def test_an_installed_bundle_checks_an_answer(installed: Path, tmp_path: Path):
    code = (
        "import tlcore, sys; assert tlcore.__file__.startswith(sys.prefix), tlcore.__file__\n"
        "from tlcore.check import check\n"
        f"{load_exercise(EXERCISE).question('freeze').answer_source}\n"
        "print(check('freeze').passed)\n"
        "def freeze(module):\n    return module\n"
        "print(check('freeze').passed)\n"
    )
    done = subprocess.run([installed, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=280)
    assert done.stdout.splitlines()[-2:] == ["True", "False"], done.stderr


def test_a_newer_bundle_never_overwrites_answers(installed: Path, tmp_path: Path):
    command = [installed.parent / "tl-learner", "--no-lab"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    mine = tmp_path / "my-notebooks" / f"{EXERCISE}.ipynb"
    assert mine.read_bytes() == (ROOT / "exercises" / mine.name).read_bytes()
    mine.write_text("my answers", encoding="utf-8")
    again = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert mine.read_text(encoding="utf-8") == "my answers" and "left as it is" in again.stdout
    assert len(list(mine.parent.glob("*.ipynb"))) == len(exercise_names())
    # A newer release: what was handed out before is another notebook.
    (mine.parent / ".tl-released.json").write_text(f'{{"{mine.name}": "an older one"}}', encoding="utf-8")
    newer = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    beside = list(mine.parent.glob(f"{EXERCISE}-new-*.ipynb"))
    assert mine.read_text(encoding="utf-8") == "my answers" and len(beside) == 1 and beside[0].name in newer.stdout


def test_a_kernel_of_this_environment_opens_the_copies(installed: Path, tmp_path: Path):
    command = [installed.parent / "tl-learner", "--no-lab", "--kernel"]
    environment = {**os.environ, "JUPYTER_DATA_DIR": str(tmp_path / "jupyter")}
    for said in ("copied", "Change Kernel"):
        run = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
        assert said in run.stdout
    mine = json.loads((tmp_path / "my-notebooks" / f"{EXERCISE}.ipynb").read_bytes())
    spec = tmp_path / "jupyter" / "kernels" / mine["metadata"]["kernelspec"]["name"] / "kernel.json"
    assert json.loads(spec.read_bytes())["argv"][0] == str(installed)
    subprocess.run([*command, "--remove"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert not spec.parent.exists()


def test_unpacking_over_a_bundle_touches_no_notebook(tmp_path: Path):
    with zipfile.ZipFile(write_bundle(tmp_path / "b.zip", [EXERCISE])) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".ipynb") or "my-notebooks" in name]


def test_equal_content_gives_equal_bytes(tmp_path: Path):
    first, second = (write_bundle(tmp_path / name, [EXERCISE]).read_bytes() for name in ("a.zip", "b.zip"))
    assert first == second


def test_a_bundle_that_is_there_stays(tmp_path: Path):
    (tmp_path / "mine.zip").write_text("mine", encoding="utf-8")
    with pytest.raises(ReleaseRefused, match="is there already"):
        write_bundle(tmp_path / "mine.zip", [EXERCISE])
    assert (tmp_path / "mine.zip").read_text(encoding="utf-8") == "mine"


@pytest.mark.slow
def test_tl_release_says_what_it_wrote(run: Run, tmp_path: Path):
    done = run("grader.cli", "release", "out", "--to", "learners", cwd=tmp_path)
    assert "out/transfer-learning-0.1.0.zip: " in done.stdout
    again = run("grader.cli", "release", "out", "--to", "learners", cwd=tmp_path, status=2)
    assert "is there already: name another" in again.stderr
