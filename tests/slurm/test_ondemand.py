"""The interactive app of deploy/ondemand: rendered as the portal does it, and run as a job until JupyterLab answers."""

import getpass
import json
import os
import re
import stat
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import websocket
from cluster import Cluster
from portal import Form, Session, arguments, missing, page, staged, start

from grader.channels.learners.bundle import write_bundle

EXERCISES = ["00_before_the_workshop", "02_feature_extraction"]
PORTAL = "https://ondemand.example.org"
SMALL = {"cores": 1, "memory": "2G"}


@pytest.fixture(autouse=True, scope="module")
def ruby() -> None:
    if why := missing():
        pytest.skip(why)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the learners' bundle, as participants have it; its dependencies are those of this one."""
    folder = tmp_path_factory.mktemp("shared") / "environment"
    with zipfile.ZipFile(write_bundle(folder.parent / "out.zip", EXERCISES)) as archive:
        archive.extractall(folder.parent)
    (wheel,) = folder.parent.glob("*/tl_learner-*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", wheel], check=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def home_of(folder: Path) -> Path:
    """A home; as root JupyterLab starts only where that is allowed."""
    (folder / ".jupyter").mkdir(parents=True)
    (folder / ".jupyter" / "jupyter_config.json").write_text(json.dumps({"ServerApp": {"allow_root": True}}))
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return home_of(tmp_path_factory.mktemp("homes") / "zoe")


@pytest.fixture(scope="module")
def session(slurm_cluster: Cluster, environment: Path, home: Path) -> Iterator[Session]:
    """A session that runs, started by somebody who named the partition."""
    slurm_cluster.run("scontrol", "create", "reservation", *RESERVATION)
    session = start(
        slurm_cluster, home, environment=environment, portal=PORTAL, bc_queue="main", reservation="workshop", **SMALL
    )
    yield session
    slurm_cluster.run("scancel", session.job)
    slurm_cluster.wait_for(session.job)
    slurm_cluster.run("scontrol", "delete", "reservation=workshop")


RESERVATION = (
    "reservation=workshop",
    f"user={getpass.getuser()}",
    "flags=ignore_jobs",
    "starttime=now",
    "duration=60",
    "nodes=node2",
)


@pytest.fixture(scope="module")
def form(session: Session) -> Form:
    return page(session.connection())


@pytest.fixture(scope="module")
def server(session: Session) -> str:
    """The server that the portal passes requests on to."""
    connection = session.connection()
    return f"http://{connection['host']}:{connection['port']}"


@pytest.fixture(scope="module")
def browser(form: Form, server: str) -> requests.Session:
    """A browser after a click on the button of the session's page, with the headers that the portal adds."""
    browser = requests.Session()
    browser.headers.update({"Origin": PORTAL, "X-Forwarded-Proto": "http"})
    answer = browser.post(server + form.action, data=form.fields, timeout=60)
    assert (answer.status_code, urlsplit(answer.url).path) == (200, form.action.rpartition("/login")[0] + "/lab")
    assert "JupyterLab" in answer.text and "apputils-extension:announcements" in answer.text
    return browser


def test_the_job_is_what_the_form_says(tmp_path: Path) -> None:
    options = staged(tmp_path / "staged", bc_queue=" atlas ", bc_account="x123", reservation="")["script"]
    words = arguments(tmp_path, options)
    assert words[words.index("-p") + 1] == "atlas" and words[words.index("-A") + 1] == "x123"
    assert words[words.index("-t") + 1] == "04:00:00" and "--reservation" not in words
    assert words[-4:] == ["--nodes=1", "--ntasks=1", "--cpus-per-task=2", "--mem=4G"]


def test_no_text_of_the_form_becomes_anything_but_a_value(tmp_path: Path) -> None:
    hostile = 'x"\n  native: ["--uid=0"]\n# $(touch pwned)'
    script = staged(tmp_path / "staged", reservation=hostile, bc_queue="main")["script"]
    assert script["reservation_id"] == hostile
    assert script["native"] == ["--nodes=1", "--ntasks=1", "--cpus-per-task=2", "--mem=4G"]
    staged(tmp_path / "odd", environment="/a b/$(exit 3)/'\"", folder="my 'own'; exit 4")
    for name in ("before.sh", "script.sh", "after.sh"):
        subprocess.run(["bash", "-n", tmp_path / "odd" / name], check=True)
    run = subprocess.run([tmp_path / "odd" / "script.sh"], capture_output=True, text=True)
    assert run.returncode == 1 and "there is no /a b/$(exit 3)/'\"/bin/python" in run.stdout


def test_jupyterlab_answers_at_the_address_of_the_page(browser: requests.Session, server: str, form: Form) -> None:
    listed = browser.get(server + form.action.rpartition("/login")[0] + "/api/contents", timeout=60)
    names = {entry["name"] for entry in listed.json()["content"]}
    assert {f"{name}.ipynb" for name in EXERCISES} <= names


def test_nobody_else_gets_in(session: Session, server: str, form: Form) -> None:
    base = server + form.action.rpartition("/login")[0]
    assert requests.get(f"{base}/api/contents", timeout=60).status_code == 403
    shown = requests.get(f"{base}/lab", timeout=60)
    assert urlsplit(shown.url).path.endswith("/login") and "password" in shown.text.lower()
    for guess in ("", "x" * 32):
        answer = requests.post(server + form.action, data={"token": guess, "password": guess}, timeout=60)
        assert answer.status_code in (401, 403)
    password = session.connection()["password"]
    assert len(password) == 32 and password not in session.log
    for name in ("connection.yml", "jupyter_config.py"):
        assert stat.S_IMODE((session.folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(session.folder.stat().st_mode) == 0o700


def test_a_page_of_another_site_cannot_use_what_the_browser_knows(
    browser: requests.Session, server: str, form: Form
) -> None:
    """The browser would send the cookies along; the origin, and the second half of the guard, it does not have."""
    kernels = server + form.action.rpartition("/login")[0] + "/api/kernels"
    for origin in ("https://elsewhere.example.org", PORTAL):
        answer = browser.post(kernels, json={}, headers={"Origin": origin}, timeout=60)
        assert answer.status_code in (403, 404), origin


def in_a_kernel(browser: requests.Session, server: str, form: Form, code: str) -> str:
    """What code prints in a kernel of the notebook's own name, started and spoken to as a page of the portal does."""
    base = form.action.rpartition("/login")[0]
    guard = {"X-XSRFToken": browser.cookies["_xsrf"]}
    notebook = browser.get(f"{server}{base}/api/contents/{EXERCISES[0]}.ipynb", timeout=60).json()["content"]
    name = notebook["metadata"]["kernelspec"]["name"]
    kernel = browser.post(f"{server}{base}/api/kernels", json={"name": name}, headers=guard, timeout=60).json()["id"]
    try:
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)
        address = f"{server.replace('http', 'ws', 1)}{base}/api/kernels/{kernel}/channels?session_id=test"
        channel = websocket.create_connection(address, cookie=cookies, origin=PORTAL, timeout=120)
        header = {"msg_id": "one", "session": "test", "username": "", "msg_type": "execute_request", "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "channel": "shell", "buffers": []}
        content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
        channel.send(json.dumps({**message, "content": content}))
        said = ""
        while True:
            reply = json.loads(channel.recv())
            if reply["parent_header"].get("msg_id") != "one":
                continue
            if reply["msg_type"] == "stream":
                said += reply["content"]["text"]
            if reply["msg_type"] == "error":
                raise RuntimeError("\n".join(reply["content"]["traceback"]))
            if reply["msg_type"] == "status" and reply["content"]["execution_state"] == "idle":
                channel.close()
                return said
    finally:
        browser.delete(f"{server}{base}/api/kernels/{kernel}", headers=guard, timeout=60)


def test_a_notebook_runs_in_the_shared_environment_and_sees_its_job(
    browser: requests.Session, server: str, form: Form, session: Session, environment: Path, home: Path
) -> None:
    """The kernel is the one that the copies name, and what it finds out about the machine is what was asked for."""
    code = "import os, sys; from tlcore.machine import this_machine; print(sys.executable); print(this_machine())"
    program, _, said = in_a_kernel(browser, server, form, f"{code}; print(os.environ['OMP_NUM_THREADS'])").partition(
        "\n"
    )
    assert program == str(environment / "bin" / "python")
    rows = {line[6:].split("  ")[0].strip(): line for line in said.splitlines() if line[:6].strip()}
    assert f"Open OnDemand (sys/transfer_learning, session {session.folder.name[:8]})" in rows["portal"]
    job = rows["cluster"]
    assert (
        f"Open OnDemand: job {session.job}, partition main, 1 node, 1 task, 1 core a task, 1 core on this node" in job
    )
    assert re.search(r"2048 MiB, ends in (3 h 5\d|4 h 00) min of 4 h 00 min$", job)
    assert "node2" in rows["node"]
    assert '"Transfer learning (exercises)"' in rows["Jupyter kernel"] and str(environment) in rows["Jupyter kernel"]
    assert "seconds, from" in rows["importing torch"]
    assert str(home / "transfer-learning") in rows["this folder"]
    assert said.splitlines()[-1] == "1"


def test_the_command_of_the_page_for_participants(slurm_cluster: Cluster, environment: Path, tmp_path: Path) -> None:
    """What docs/cluster.md has them type in a shell, with values of this cluster."""
    text = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text(encoding="utf-8")
    (block,) = (block for block in re.findall(r"^```\n(.*?)^```", text, re.M | re.S) if block.startswith("ACCOUNT="))
    slurm_cluster.run("scontrol", "create", *RESERVATION, "reservation=here", "nodes=node1")
    given = {"RESERVATION=workshop": "RESERVATION=here", "/shared/transfer-learning": str(environment.parent)}
    for old, new in {**given, "per-task=2": "per-task=1", "mem=4G": "mem=2G"}.items():
        assert old in block
        block = block.replace(old, new)
    run = subprocess.run(["bash", "-c", block], cwd=tmp_path, capture_output=True, text=True, timeout=240)
    slurm_cluster.run("scontrol", "delete", "reservation=here")
    assert run.returncode == 0, run.stderr
    (row,) = (line for line in run.stdout.splitlines() if " cluster " in line)
    assert re.search(r"partition main, 1 node, 1 task, 1 core a task, .*, ends in \d+ min of 10 min$", row)
    assert "node1" in run.stdout


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"environment": "/nowhere"}, "error: there is no /nowhere/bin/python on "),
        ({"exercises": "/nowhere"}, "error: there is no /nowhere: ask those who run the workshop"),
        ({"folder": "file"}, "cannot be written ("),
    ],
)
def test_what_stands_in_the_way_is_in_the_log(
    slurm_cluster: Cluster, environment: Path, tmp_path: Path, answers: dict[str, str], words: str
) -> None:
    home = home_of(tmp_path / "home")
    (home / "file").write_text("")
    session = start(slurm_cluster, home, **{"environment": environment, **SMALL, **answers})
    assert slurm_cluster.wait_for(session.job) == "FAILED"
    assert words in session.log and "JupyterLab did not start: the lines above say why" in session.log
    assert "Traceback" not in session.log
    assert not (session.folder / "connection.yml").exists()


@pytest.mark.slow
def test_exercises_of_a_shared_folder_and_the_whole_project(slurm_cluster: Cluster, tmp_path: Path) -> None:
    """An environment with `tl`, whose notebooks come from a folder that the form names."""
    shared = tmp_path / "shared"
    shared.mkdir()
    source = Path(__file__).parents[2] / "exercises" / f"{EXERCISES[1]}.ipynb"
    (shared / source.name).write_bytes(source.read_bytes())
    home = home_of(tmp_path / "home")
    session = start(slurm_cluster, home, environment=sys.prefix, exercises=shared, **SMALL)
    connection = session.connection()
    form = page(connection)
    answer = requests.post(
        f"http://{connection['host']}:{connection['port']}{form.action}", data=form.fields, timeout=60
    )
    assert answer.status_code == 200
    assert [path.name for path in (home / "transfer-learning").glob("*.ipynb")] == [source.name]
    slurm_cluster.run("scancel", session.job)
    slurm_cluster.wait_for(session.job)
    assert os.listdir(shared) == [source.name]
