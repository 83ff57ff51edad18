"""A Slurm of one's own: munged, slurmctld and some slurmd on this machine, from a configuration in one folder.

Nothing of it touches a Slurm that the machine may have: sockets, ports, spool folders and the key are its own, and
clients find it by the environment that `Cluster.environment` gives (SLURM_CONF). It needs neither cgroups nor root, and
no accounting database. Debian's build lets several slurmd run on one host, a node each.
"""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol", "sinfo")
READY_SECONDS = 60.0

# Times are short, so that a node that is gone is noticed and a job that was killed is over within a test's patience.
# config_overrides: nodes have the processors that are written here, whatever the machine has.
CONFIGURATION = """\
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=1
SlurmdParameters=config_overrides
ReturnToService=2
SlurmctldTimeout=30
SlurmdTimeout=15
KillWait=2
CompleteWait=0
MaxArraySize=1001
PropagateResourceLimitsExcept=ALL
{nodes}
PartitionName=main Nodes=ALL Default=YES MaxTime=UNLIMITED DefaultTime=30 State=UP
PartitionName=closed Nodes=ALL MaxTime=UNLIMITED State=DOWN
"""


def missing() -> str | None:
    """Why no cluster can be started here; None if one can."""
    absent = [name for name in PROGRAMS if _program(name) is None]
    if absent:
        return f"Slurm is not installed here ({', '.join(absent)} missing): apt-get install slurm-wlm munge"
    return None


@dataclass
class Cluster:
    """A running Slurm. `nodes` are the names of its nodes, `folder` holds its configuration and logs."""

    folder: Path
    nodes: tuple[str, ...]
    _daemons: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What a program has to have in its environment to talk to this cluster, beside what it has."""
        return {"SLURM_CONF": str(self.folder / "slurm.conf")}

    def run(self, *words: str, check: bool = True) -> str:
        """What a command of Slurm's writes on stdout, such as `run("squeue", "--me")`."""
        done = subprocess.run(
            words, env={**os.environ, **self.environment}, capture_output=True, text=True, timeout=60, check=False
        )
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def submit(self, script: str, *options: str) -> str:
        """Submit a batch script, such as "#!/bin/sh\\nhostname\\n"; the job's id."""
        path = self.folder / f"job-{secrets.token_hex(4)}.sh"
        path.write_text(script, encoding="utf-8")
        return self.run("sbatch", "--parsable", *options, str(path)).strip().partition(";")[0]

    def state(self, job: str) -> str:
        """The state of a job, such as RUNNING; of an array, those of its tasks, with commas; empty if unknown."""
        states = {
            word.removeprefix("JobState=")
            for word in self.run("scontrol", "show", "job", job, check=False).split()
            if word.startswith("JobState=")
        }
        return ",".join(sorted(states))

    def wait_for(self, job: str, *states: str, seconds: float = 60.0) -> str:
        """Wait until a job is in one of these states (none: until it has ended); the state."""
        ended = states or ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY")
        until = time.monotonic() + seconds
        while (state := self.state(job)) not in ended:
            if time.monotonic() > until:
                raise TimeoutError(f"job {job} is {state} after {seconds:g} seconds, not {' or '.join(ended)}")
            time.sleep(0.2)
        return state

    def start_node(self, node: str, before: Sequence[str] = ()) -> None:
        """Start the slurmd of a node. before: a program, with its arguments, that starts it and all its tasks."""
        self._start(f"slurmd-{node}", "slurmd", "-D", "-N", node, before=before)

    def kill_node(self, node: str) -> None:
        """What a node does that loses its power: its slurmd and all that runs there for it end at once."""
        self._daemons[f"slurmd-{node}"].kill()
        self._daemons.pop(f"slurmd-{node}").wait()
        for pid in self.processes(node):
            _kill_group(pid)

    def restart_node(self, node: str, before: Sequence[str] = ()) -> None:
        """End a node's slurmd and start it again, as `start_node` does; it takes jobs when this returns."""
        self._daemons[f"slurmd-{node}"].terminate()
        self._daemons.pop(f"slurmd-{node}").wait(20)
        self.start_node(node, before)
        self.ready()

    def ready(self) -> None:
        """Wait until all nodes take jobs."""
        _wait_until(lambda: _idle(self) == len(self.nodes), self, "not all nodes are idle")

    def processes(self, node: str) -> list[int]:
        """The processes of jobs on a node that carry Slurm's variables."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                variables = (entry / "environ").read_bytes().split(b"\0")
            except OSError:  # it has ended, or is somebody else's
                continue
            if f"SLURMD_NODENAME={node}".encode() in variables and (
                f"SLURM_CONF={self.folder}/slurm.conf".encode() in variables
            ):
                found.append(int(entry.name))
        return found

    def _start(self, name: str, program: str, *options: str, before: Sequence[str] = ()) -> None:
        path = _program(program)
        assert path is not None
        with (self.folder / f"{name}.out").open("ab") as out:
            self._daemons[name] = subprocess.Popen(
                # Whatever ends the tests, and however, ends the daemons.
                ["setpriv", "--pdeathsig", "TERM", *before, path, *options],
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )

    def _end(self) -> None:
        """End all jobs, then all daemons, the last started first."""
        try:
            self.run("scancel", "--user", getpass.getuser(), check=False)
            until = time.monotonic() + 10
            while self.run("squeue", "-h", check=False).strip() and time.monotonic() < until:
                time.sleep(0.2)
        except subprocess.TimeoutExpired:
            pass
        for process in reversed(self._daemons.values()):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for node in self.nodes:
            for pid in self.processes(node):
                _kill_group(pid)


@contextmanager
def running_cluster(folder: Path, nodes: int = 2, cpus: int = 1) -> Iterator[Cluster]:
    """A cluster of `nodes` nodes with `cpus` processors each; its files lie in `folder`, which must be on a short path
    (a socket's name has at most 107 bytes). All of it has ended afterwards.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = tuple(f"node{i + 1}" for i in range(nodes))
    with ExitStack() as sockets:
        ports = [_free_port(sockets) for _ in range(nodes + 1)]
    lines = [
        f"NodeName={name} NodeHostname={socket.gethostname()} NodeAddr=127.0.0.1 Port={port} CPUs={cpus} "
        f"RealMemory=4000 State=UNKNOWN"
        for name, port in zip(names, ports[1:], strict=True)
    ]
    (folder / "slurm.conf").write_text(
        CONFIGURATION.format(
            host=socket.gethostname(), port=ports[0], user=getpass.getuser(), folder=folder, nodes="\n".join(lines)
        ),
        encoding="utf-8",
    )
    (folder / "state").mkdir(exist_ok=True)
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(1024))
    key.chmod(0o400)
    cluster = Cluster(folder, names)
    try:
        files = [f"--{what}-file={folder}/munge.{what}" for what in ("key", "pid", "log", "seed")]
        cluster._start("munged", "munged", "--foreground", "--force", f"--socket={folder}/munge.socket", *files)
        _wait_until(lambda: (folder / "munge.socket").exists(), cluster, "munged makes no socket")
        cluster._start("slurmctld", "slurmctld", "-D", "-c")
        for name in names:
            cluster.start_node(name)
        cluster.ready()
        yield cluster
    finally:
        cluster._end()


def _idle(cluster: Cluster) -> int:
    return cluster.run("sinfo", "-h", "-N", "-p", "main", "-o", "%T", check=False).split().count("idle")


def _wait_until(fulfilled: Callable[[], bool], cluster: Cluster, complaint: str) -> None:
    until = time.monotonic() + READY_SECONDS
    while not fulfilled():
        dead = [name for name, process in cluster._daemons.items() if process.poll() is not None]
        if dead or time.monotonic() > until:
            logs = "\n".join(
                f"== {path.name}\n{path.read_text(errors='replace')[-1500:]}"
                for path in sorted(cluster.folder.glob("*.out"))
            )
            raise RuntimeError(f"{complaint}; ended: {', '.join(dead) or 'none'}\n{logs}")
        time.sleep(0.1)


def _program(name: str) -> str | None:
    """Where a program is; daemons lie in /usr/sbin, which is not on everybody's PATH."""
    places = (os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin")
    return shutil.which(name, path=os.pathsep.join(places))


def _free_port(sockets: ExitStack) -> int:
    """A port that nobody listens on; held until `sockets` closes, so that no two are the same."""
    one = sockets.enter_context(socket.socket())
    one.bind(("127.0.0.1", 0))
    port: int = one.getsockname()[1]
    return port


def _kill_group(pid: int) -> None:
    """End a job's process and, if it leads a group of its own, the group."""
    try:
        if os.getpgid(pid) == pid:
            os.killpg(pid, 9)
        os.kill(pid, 9)
    except (ProcessLookupError, PermissionError):
        pass
