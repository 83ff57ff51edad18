"""A kernel of one's own: JupyterLab of any installation opens the notebooks where the exercises are installed."""

import json
import sys
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

from tlcore.machine import own_kernel, software
from tlcore.machine.own_kernel import NAME, CannotInstall


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which Jupyter keeps what is this user's."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    return tmp_path / "jupyter"


def test_a_notebook_that_asks_for_it_runs_in_this_environment(data: Path) -> None:
    place, before = own_kernel.install()
    assert (place, before) == (data / "kernels" / NAME, None)
    manager, client = start_new_kernel(kernel_name=NAME)
    try:
        said: list[str] = []
        code = "import sys, tlcore; print(sys.executable)"
        client.execute_interactive(code, timeout=60, output_hook=lambda m: said.append(m["content"].get("text", "")))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert "".join(said).strip() == sys.executable


def test_it_is_installed_as_often_as_one_likes_and_removed_once(data: Path) -> None:
    for _ in range(2):
        assert own_kernel.install()[1] is None
    assert own_kernel.interpreter() == sys.executable
    assert own_kernel.remove() == data / "kernels" / NAME
    assert own_kernel.remove() is None
    assert own_kernel.interpreter() is None


def test_one_of_another_environment_is_replaced_and_told(data: Path) -> None:
    own_kernel.install()
    spec = data / "kernels" / NAME / "kernel.json"
    content = json.loads(spec.read_bytes())
    content["argv"][0] = "/elsewhere/bin/python"
    spec.write_text(json.dumps(content))
    [found] = software.installed_kernel()
    assert found.status == "problem" and "--kernel" in found.advice
    assert own_kernel.install()[1] == "/elsewhere/bin/python"
    [found] = software.installed_kernel()
    assert found.status == "fine"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"argv": []}', '{"argv": 5}'])
def test_a_damaged_one_counts_as_none_and_is_installed_anew(data: Path, content: str) -> None:
    own_kernel.install()
    (data / "kernels" / NAME / "kernel.json").write_text(content)
    assert own_kernel.interpreter() is None and list(software.installed_kernel()) == []
    own_kernel.install()
    assert own_kernel.interpreter() == sys.executable


def test_where_it_cannot_be_written_one_is_told_what_to_do(data: Path) -> None:
    data.write_text("a file")
    with pytest.raises(CannotInstall, match="JUPYTER_DATA_DIR"):
        own_kernel.install()
    assert own_kernel.remove() is None


def test_a_stamped_notebook_differs_in_nothing_else() -> None:
    notebook = Path(__file__).parents[2] / "exercises" / "02_feature_extraction.ipynb"
    before, after = json.loads(notebook.read_bytes()), json.loads(own_kernel.stamped(notebook.read_bytes()))
    assert after["metadata"].pop("kernelspec")["name"] == NAME
    before["metadata"].pop("kernelspec")
    assert after == before
