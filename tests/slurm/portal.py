"""What Open OnDemand does with an interactive app, up to the page with the button: stage it, submit its job, show it.

The portal itself needs Apache and a login; what it does with the files of an app is little, and said here. The order of
the job's parts and the functions that they may call are those of `OodCore::BatchConnect::Template` of OSC/ood_core. The
home is a test's own, as `header` of that class would have it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import yaml
from cluster import Cluster

APP = Path(__file__).parents[2] / "deploy" / "ondemand"
RENDER = Path(__file__).with_name("portal.rb")

JOB = """\
#!/bin/bash
export HOME={home}
cd {folder}
export host port
port_used () {{ python3 -c "import socket; socket.create_connection(('${{1%:*}}', ${{1##*:}})).close()" 2>/dev/null; }}
find_port () {{
  for candidate in $(shuf -i 20000-60000 -n 200); do
    port_used "$1:$candidate" || {{ echo "$candidate"; return 0; }}
  done
  return 1
}}
create_passwd () {{ tr -cd 'a-zA-Z0-9' < /dev/urandom | head -c "$1"; }}
clean_up () {{
  [[ $SCRIPT_PID ]] && pkill -P "$SCRIPT_PID"
  pkill -P $$
  exit "${{1:-0}}"
}}
export -f port_used find_port create_passwd
host=$(hostname)
source {folder}/before.sh
echo "Script starting..."
{folder}/script.sh &
SCRIPT_PID=$!
source {folder}/after.sh
(umask 077; printf 'host: %s\\nport: %s\\npassword: %s\\n' "$host" "$port" "$password" > {folder}/connection.yml)
wait $SCRIPT_PID || clean_up 1
clean_up
"""


def missing() -> str | None:
    """Why no app can be rendered here; None if one can."""
    return None if shutil.which("ruby") else "ruby is not installed here: apt-get install ruby"


@dataclass
class Session:
    """A job that the portal started. `folder` is where it was staged."""

    cluster: Cluster
    job: str
    folder: Path

    @property
    def log(self) -> str:
        """What the job has said."""
        return (self.folder / "output.log").read_text(encoding="utf-8", errors="replace")

    def connection(self) -> dict[str, str]:
        """Host, port and password, when JupyterLab is up. Raises RuntimeError with the log if the job ends before."""
        made = self.folder / "connection.yml"
        for _ in range(1200):
            if made.exists() and made.read_text().count("\n") == 3:
                return {name: str(value) for name, value in yaml.safe_load(made.read_text()).items()}
            if self.cluster.state(self.job) not in ("PENDING", "CONFIGURING", "RUNNING"):
                break
            subprocess.run(["sleep", "0.25"], check=True)
        raise RuntimeError(f"job {self.job} is {self.cluster.state(self.job)}:\n{self.log}")


class Form(HTMLParser):
    """The form on a session's page: where it leads, and what it sends."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action = ""
        self.method = ""
        self.fields: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action, self.method = given["action"], given["method"]
        elif tag == "input":
            self.fields[given["name"]] = given["value"]


def staged(folder: Path, /, **answers: object) -> dict[str, dict[str, object]]:
    """Fill `folder` with the app's files for these answers of its form; what the job is to be submitted with."""
    return json.loads(_ruby("stage", APP, folder, **answers))


def start(cluster: Cluster, home: Path, /, **answers: object) -> Session:
    """What happens when somebody whose home is `home` presses Launch."""
    sessions = (
        home / "ondemand" / "data" / "sys" / "dashboard" / "batch_connect" / "sys" / "transfer_learning" / "output"
    )
    folder = sessions / str(uuid.uuid4())
    options = staged(folder, **answers)["script"]
    script = folder / "job_script_content.sh"
    script.write_text(JOB.format(folder=folder, home=home), encoding="utf-8")
    job = cluster.run("sbatch", "--parsable", *arguments(folder, options), str(script)).strip()
    return Session(cluster, job, folder)


def arguments(folder: Path, options: dict[str, object]) -> list[str]:
    """The options of sbatch that the portal makes of a job's options."""
    hours, seconds = divmod(int(str(options["wall_time"])), 3600)
    named = {
        "-D": folder,
        "-J": "sys/dashboard/sys/transfer_learning",
        "-o": folder / "output.log",
        "--reservation": options.get("reservation_id"),
        "-p": options.get("queue_name"),
        "-A": options.get("accounting_id"),
        "-t": f"{hours:02}:{seconds // 60:02}:{seconds % 60:02}",
        "--export": "NONE",
    }
    words = [word for name, value in named.items() if value is not None for word in (name, str(value))]
    native = options.get("native")
    assert isinstance(native, list)
    return [*words, *native]


def page(connection: dict[str, str]) -> Form:
    """The form on the page of a session that runs."""
    return Form(_ruby("view", APP, **connection))


def _ruby(*words: object, **given: object) -> str:
    done = subprocess.run(
        ["ruby", RENDER, *map(str, words)],
        input=json.dumps(given, default=str),
        capture_output=True,
        text=True,
        timeout=60,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout
