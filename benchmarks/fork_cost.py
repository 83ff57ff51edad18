"""What a session costs: open, one exchange, close; against a fresh Python that imports the same packages.

    python benchmarks/fork_cost.py [--isolation full|reduced|none] [--sessions 50]

CPU time is that of all processes below the grader (the fork server, the stubs, the sessions), read from /proc, plus the
grader's own. Memory is the unique set (private pages) of a session's processes after its first exchange. The last
line is JSON.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from grader.sandbox import Sandbox

_TICKS = os.sysconf("SC_CLK_TCK")
_SERVER = """
def serve(channel, scratch):
    while channel.recv(64):
        channel.sendall(b"done")
"""


def tree_of(pid: int) -> list[int]:
    """`pid` and every process below it."""
    found = [pid]
    for above in found:
        for task in Path(f"/proc/{above}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of a tree and of what it has waited for, plus this process's own."""
    total = 0.0
    for below in tree_of(pid):
        words = Path(f"/proc/{below}/stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, words[11:15])) / _TICKS
    own = resource.getrusage(resource.RUSAGE_SELF)
    return total + own.ru_utime + own.ru_stime


def private_mib(pid: int) -> float:
    """Memory of a tree that no other process shares, in MiB."""
    total = 0
    for below in tree_of(pid):
        for line in Path(f"/proc/{below}/smaps_rollup").read_text().splitlines():
            if line.startswith("Private_"):
                total += int(line.split()[1])
    return total / 1024


def fresh_import() -> tuple[float, float, float]:
    """CPU seconds, wall seconds and private MiB of a Python that imports torch, transformers and peft afresh."""
    code = (
        "import torch, transformers, peft, json, resource, re\n"
        "usage = resource.getrusage(resource.RUSAGE_SELF)\n"
        "private = sum(map(int, re.findall(r'Private_\\w+: +(\\d+)', open('/proc/self/smaps_rollup').read())))\n"
        "print(json.dumps([usage.ru_utime + usage.ru_stime, private / 1024]))\n"
    )
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    cpu, private = json.loads(done.stdout.splitlines()[-1])
    return cpu, time.perf_counter() - began, private


def measure(isolation: str, sessions: int, folder: Path) -> dict[str, float | str]:
    """Open, exchange a word, close: `sessions` times, after five to warm up."""
    module = folder / "one_word.py"
    module.write_text(_SERVER)
    with Sandbox(isolation, server="one_word:serve", extra=(module,)) as sandbox:
        pid = sandbox.fork_server_pid
        assert pid is not None

        def one(look: bool = False) -> float:
            with sandbox.session() as session:
                session.socket.sendall(b"word")
                session.socket.recv(64)
                return private_mib(session.pid) if look and session.pid else 0.0

        for _ in range(5):
            one()
        cpu, began = cpu_seconds(pid), time.perf_counter()
        for _ in range(sessions):
            one()
        wall = (time.perf_counter() - began) / sessions
        cpu = (cpu_seconds(pid) - cpu) / sessions
        return {"tier": sandbox.tier.value, "cpu_ms": cpu * 1e3, "wall_ms": wall * 1e3, "private_mib": one(look=True)}


def main() -> None:
    """Print the costs and their ratios."""
    import tempfile

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--isolation", default="best", choices=["full", "reduced", "none", "best"])
    parser.add_argument("--sessions", default=50, type=int)
    options = parser.parse_args()
    fresh_cpu, fresh_wall, fresh_private = min(fresh_import() for _ in range(3))
    with tempfile.TemporaryDirectory() as folder:
        cost = measure(options.isolation, options.sessions, Path(folder))
    print(
        f"fresh import   {fresh_cpu * 1e3:8.1f} ms CPU {fresh_wall * 1e3:8.1f} ms wall {fresh_private:7.1f} MiB private"
    )
    print(
        f"session ({cost['tier']}) {cost['cpu_ms']:8.1f} ms CPU {cost['wall_ms']:8.1f} ms wall"
        f" {cost['private_mib']:7.1f} MiB private"
    )
    ratios = {
        "cpu_ratio": fresh_cpu * 1e3 / float(cost["cpu_ms"]),
        "wall_ratio": fresh_wall * 1e3 / float(cost["wall_ms"]),
        "memory_ratio": fresh_private / float(cost["private_mib"]),
    }
    print(json.dumps({name: round(v, 2) if isinstance(v, float) else v for name, v in {**cost, **ratios}.items()}))


if __name__ == "__main__":
    main()
