"""Starting a fork server in a tier: the command line, the environment, the way down from root."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from grader.sandbox.drop import first_closed_folder
from grader.sandbox.stage import Stage, build_stage
from grader.sandbox.tiers import Tier
from grader.sandbox.visible import ETC_FILES, STAGE_IN_SANDBOX, SYSTEM, Visible, whats_visible

PRELOAD = (
    "torch",
    "safetensors.torch",
    "IPython.core.interactiveshell",
    "tqdm.auto",
    "encodings.unicode_escape",
    "tlcore.check",
    "tlcore.data",
    "tlcore.loading",
    "tlcore.models",
    "tlcore.training",
)
"""What every fork server imports before the first session."""

LIBRARIES = {
    "transformers": (
        "transformers",
        "transformers.trainer",
        "transformers.models.resnet.modeling_resnet",
        "transformers.models.bert.modeling_bert",
        "transformers.models.vit.modeling_vit",
        "transformers.models.llama.modeling_llama",
        "transformers.models.gpt2.modeling_gpt2",
    ),
    "peft": ("peft",),
    "sklearn": ("sklearn.datasets", "sklearn.linear_model", "sklearn.model_selection", "sklearn.preprocessing"),
}
"""What it imports besides, by the library that is wanted. All together take as long as the rest twice over, and make
every fork dearer by a third; a session that imports one that was not wanted takes these seconds itself."""


def modules_for(libraries: Collection[str] = tuple(LIBRARIES)) -> tuple[str, ...]:
    """The modules to import beforehand for sessions that want these libraries, the warming up last."""
    wanted = [module for library, modules in LIBRARIES.items() if library in libraries for module in modules]
    return (*PRELOAD, *wanted, "remote.warm")


SERVER = "remote.executor:serve"

PYTHON_FLAGS = ("-s", "-P", "-S")  # no user site, no current folder, no .pth: nothing leads to the checkout
_FIRST_FREE_UID = 61000
_START = "from inside.fork_server import main; import sys; descriptor = int(sys.argv.pop()); main(descriptor)"


@dataclass
class Launched:
    """A running fork server: its process, the control socket, its stage (to be removed), the file with its stderr."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    stage: Stage
    errors: IO[bytes]

    def stderr(self) -> str:
        """The end of what the fork server, or bwrap, or the way down from root complained about."""
        self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, self.errors.tell() - 2000))
        return self.errors.read().decode(errors="replace").strip()

    def remove(self) -> None:
        """End the process, if it has not ended by itself, and remove everything on disk."""
        self.control.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()
        self.stage.remove()


def launch(tier: Tier, preload: tuple[str, ...], server: str, extra: tuple[Path, ...]) -> Launched:
    """Start a fork server in `tier`; it says {"ready": true} on the control socket when it has imported `preload`.

    The calling thread must live as long as the fork server: bwrap's --die-with-parent means the thread. Raises OSError
    or RuntimeError where it cannot even be tried.
    """
    visible = whats_visible()
    stage = build_stage(extra)
    try:
        ours, theirs = socket.socketpair()
        where = STAGE_IN_SANDBOX if tier is Tier.FULL else str(stage.path / "tl")
        packages = (where, *visible.packages)
        scratch_parent = str(stage.path / "scratch")
        home = "/tmp/home" if tier is Tier.FULL else os.path.join(scratch_parent, "fork_server")
        environment = environment_inside(packages, home)
        if tier is Tier.REDUCED:
            environment["JOBLIB_MULTIPROCESSING"] = "0"  # processes need /dev/shm, which is shared; see `no_workers`
        needed = [*visible.trees, visible.interpreter, str(stage.path)]
        uid = unprivileged_uid(needed) if tier is not Tier.NONE else None
        if uid is not None:
            os.chown(scratch_parent, uid, uid)
        python = [visible.interpreter, *PYTHON_FLAGS, "-c", _START, str(theirs.fileno())]
        command = [*_bwrap(visible, stage.path), *python] if tier is Tier.FULL else python
        if uid is not None:
            command = _from_root(uid, needed, visible, command)
        errors = tempfile.TemporaryFile()  # noqa: SIM115  outlives this function, in `Launched`
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            env=environment,
            pass_fds=(theirs.fileno(),),
            cwd="/",
            start_new_session=True,  # Ctrl-C on the terminal is for the grader alone
        )
        theirs.close()
    except BaseException:
        stage.remove()
        raise
    readable, listable = visible.readable_and_listable() if tier is Tier.REDUCED else ([], [])
    plan = {
        "tier": tier.value,
        "readable": [*readable, str(stage.path / "tl")],
        "listable": listable,
        "in_tmp": sorted(tree for tree in visible.trees if tree.startswith("/tmp/") and os.path.isdir(tree)),
        "scratch_parent": "/tmp" if tier is Tier.FULL else scratch_parent,
        "environment": environment,
    }
    config = {"plan": plan, "preload": list(preload), "server": server}
    try:
        ours.sendall(json.dumps(config).encode() + b"\n")
    except BrokenPipeError:
        pass  # it has died already; whoever reads from the socket will see that, and why
    return Launched(process, ours, stage, errors)


def unprivileged_uid(needed: list[str]) -> int | None:
    """The user to become where this process is real root and can become another who reaches the `needed` paths.

    None where there is nothing to do: root of a user namespace that holds no other user is root in name only. Root
    that may neither mount (as in most containers) nor rely on others reaching the paths stays, without capabilities.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        return None
    uid = _FIRST_FREE_UID
    while _is_known(uid):
        uid += 1
    ranges = [list(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    if not any(first <= uid < first + count for first, _outside, count in ranges):
        return None
    capabilities = int(Path("/proc/self/status").read_text().partition("CapEff:")[2].split()[0], 16)
    may_change_user, may_mount = capabilities & (1 << 7), capabilities & (1 << 21)
    reachable = may_mount or not any(first_closed_folder(os.path.realpath(path)) for path in needed)
    return uid if may_change_user and reachable else None


def _is_known(uid: int) -> bool:
    import pwd  # not on Windows, where this module is imported all the same

    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _from_root(uid: int, needed: list[str], visible: Visible, command: list[str]) -> list[str]:
    plan = json.dumps({"uid": uid, "gid": uid, "paths": needed})
    return [visible.interpreter, *PYTHON_FLAGS, str(Path(__file__).with_name("drop.py")), plan, *command]


def _bwrap(visible: Visible, stage: Path) -> list[str]:
    program = shutil.which("bwrap")
    if program is None:
        raise FileNotFoundError("bwrap is not installed")
    command = [program, "--unshare-user", "--unshare-all", "--die-with-parent", "--as-pid-1"]
    command += ["--hostname", "sandbox", "--uid", "1000", "--gid", "1000", "--proc", "/proc", "--dev", "/dev"]
    command += ["--ro-bind", "/dev/null", "/dev/zero"]  # for the reason given in `confine`
    command += ["--tmpfs", "/tmp", "--ro-bind", str(stage / "etc"), "/etc"]
    for path in ETC_FILES:
        if os.path.exists(path):
            command += ["--ro-bind", path, path]
    covers: list[tuple[str, list[str]]] = []
    for tree in visible.trees:
        if tree in ETC_FILES:
            continue
        if tree in SYSTEM and os.path.islink(tree):
            covers.append((tree, ["--symlink", os.readlink(tree), tree]))
        else:
            covers.append((tree, ["--ro-bind", tree, tree]))
        covers += [(path, _cover(path)) for path in visible.closed_within(tree)]
    for _path, words in sorted(covers, key=lambda cover: cover[0].count("/")):  # what lies deeper goes on top
        command += words
    command += ["--ro-bind", str(stage / "tl"), STAGE_IN_SANDBOX, "--remount-ro", "/", "--"]
    return command


def _cover(path: str) -> list[str]:
    """What hides a closed folder or file."""
    return ["--tmpfs", path] if os.path.isdir(path) else ["--ro-bind", "/dev/null", path]


def environment_inside(packages: tuple[str, ...], home: str) -> dict[str, str]:
    """The whole environment inside: nothing is inherited. `home` is the fork server's; every session gets its own."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": "/tmp",
        "USER": "learner",
        "LOGNAME": "learner",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "dumb",
        "PYTHONPATH": os.pathsep.join(packages),
        "PYTHONHASHSEED": "0",  # the order of a set is the same in every grading
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "GOMP_SPINCOUNT": "0",  # or tiny steps on a busy machine take a hundred times as long
        "MALLOC_ARENA_MAX": "2",  # an arena a thread would use up the address space that is the memory limit
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "MPLBACKEND": "Agg",
    }
