"""Answers of learners to `freeze`, and how Jupyter and an editor put them into a notebook."""

import json
from pathlib import Path

RIGHT = "def freeze(module):\n    for p in module.parameters():\n        p.requires_grad = False\n    return module\n"
FLAG = "def freeze(module):\n    module.requires_grad = False\n    return module\n"
RAISES = "def freeze(module):\n    return module.weight.nosuch\n"


def with_answer(notebook: Path, source: str) -> bytes:
    """The bytes of `notebook` with `source` in the answer cell."""
    content = json.loads(notebook.read_bytes())
    [cell] = [c for c in content["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == "freeze"]
    cell["source"] = source
    return json.dumps(content, indent=1).encode()


def save_like_jupyter(notebook: Path, source: str) -> None:
    """A file beside it, then a rename over it, as jupyter_server does."""
    making = notebook.with_name(f".~{notebook.name}")
    making.write_bytes(with_answer(notebook, source))
    making.replace(notebook)


def save_in_place(notebook: Path, source: str) -> None:
    """Emptied and written again, as some editors do."""
    notebook.write_bytes(with_answer(notebook, source))
