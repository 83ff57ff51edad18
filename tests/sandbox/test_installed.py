"""The whole product, as a wheel installs it: what is closed of it cannot be read from a session."""

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from asking import PROTECTING

from grader.sandbox.visible import is_open

ROOT = Path(__file__).resolve().parents[2]

LOOK = """
import json, sys
from asking import asking, make_sandbox
import grader
from grader.exercise.catalogue import exercise_names

closed, isolation = json.load(sys.stdin)
reading = '''
read = []
for path in CLOSED:
    try: read.append([path, len(open(path, "rb").read())])
    except OSError: pass
imported = []
for name in ("grader.hidden.registry", "tlcore.reference", "tlcore.misconceptions", "tlcore.models"):
    try: imported.append(__import__(name).__name__ + ":" + name)
    except (ImportError, OSError): pass
result = [read, imported]
'''
with make_sandbox(isolation) as sandbox, asking(sandbox) as learner:
    read, imported = learner.ask(reading.replace("CLOSED", repr(closed)))
print(json.dumps({"grader": grader.__file__, "exercises": exercise_names(), "read": read, "imported": imported}))
"""


@pytest.fixture(scope="module")
def product() -> Iterator[Path]:
    """A folder of installed packages with the files that the wheel puts there (see tools/wheel_course.py)."""
    hook = ast.parse((ROOT / "tools" / "wheel_course.py").read_text())
    course = next(ast.literal_eval(n.value) for n in hook.body if isinstance(n, ast.Assign))
    # Not in pytest's own folder: a session's private /dev/shm would cover it, should TMPDIR be there.
    with tempfile.TemporaryDirectory(prefix="tl-installed-", dir="/var/tmp") as base:
        folder = Path(base) / "lib" / "site-packages"
        for name in ("grader", "tlcore"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in course:
            place = folder / "grader" / "course_files" / name
            place.parent.mkdir(exist_ok=True)
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, place)
        for path in (Path(base), *Path(base).rglob("*")):  # as an installer leaves them, readable for everybody
            path.chmod(0o755 if path.is_dir() else 0o644)
        yield folder


@pytest.mark.parametrize("isolation", PROTECTING)
def test_solutions_hidden_tests_and_references_cannot_be_read(product: Path, isolation: str) -> None:
    everything = [path for path in product.rglob("*") if path.is_file()]
    inside = {path: path.relative_to(product).parts for path in everything}
    closed = [p for p, parts in inside.items() if parts[0] == "grader" or not is_open(parts[1])]
    named = {"/".join(inside[path]) for path in closed}
    assert {
        "grader/course_files/solutions/02_feature_extraction.py",
        "grader/hidden/feature_extraction/freeze.py",
    } <= named
    assert "tlcore/reference/feature_extraction/freeze.py" in named
    control = product / "tlcore" / "models" / "tinynet.py"
    done = subprocess.run(
        [sys.executable, "-P", "-c", LOOK],
        input=json.dumps([[str(path) for path in (control, *closed)], isolation]),
        env={**os.environ, "PYTHONPATH": f"{product}{os.pathsep}{Path(__file__).parent}"},
        cwd="/",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert Path(seen["grader"]).is_relative_to(product)
    assert "02_feature_extraction" in seen["exercises"]
    assert seen["read"] == [[str(control), control.stat().st_size]]
    assert seen["imported"] == ["tlcore:tlcore.models"]
