"""The attacks, tried again as somebody else and somewhere else than where the tests run.

    python tests/attacks/surroundings.py                    every attack in every surrounding (fifty minutes)
    python tests/attacks/surroundings.py user container     in these
    python tests/attacks/surroundings.py --only disk        only the attacks with "disk" in their names

A surrounding is a copy of the checkout, owned by the user who runs it, and a command that leads there (see
tests/sandbox/elsewhere.py). In each the tiers are probed first: one that is missing must be refused with a reason. Then
`pytest tests/attacks/test_attacks.py` runs there as it is. The table says what was tried and what came of it; status 1
where an attack got through, a tier was missing or there that should not be, or a refusal gave no reason.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1] / "sandbox"))

from elsewhere import (
    as_ordinary_user,
    copy_for_everybody,
    in_a_container,
    ordinary_uid,
    without_user_namespaces,
)

PARTS = ("grader", "tlcore", "solutions", "exercises", "pyproject.toml", "tests/attacks")
_PROBING = """
import json, os
from grader.exercise.catalogue import ROOT
from grader.sandbox import Sandbox, SandboxUnavailable, Tier, probe
refused = {}
for tier in Tier:
    try:
        Sandbox(tier.value, preload=()).start().close()
    except SandboxUnavailable as error:
        refused[tier.value] = str(error)
tiers = [tier.value for tier in probe().available if tier is not Tier.NONE]
print(json.dumps({"root": str(ROOT), "uid": os.getuid(), "tiers": tiers, "refused": refused}))
"""


@dataclass(frozen=True)
class Surrounding:
    """`leads_there`: the command to put before another one, given the folder with the copy. `tiers`: what protects
    there, where the machine itself has both tiers."""

    what: str
    tiers: tuple[str, ...]
    leads_there: Callable[[Path], list[str]]
    as_user: bool = True


SURROUNDINGS = {
    "here": Surrounding("as whoever runs this", ("full", "reduced"), lambda folder: [], as_user=False),
    "user": Surrounding("as an ordinary user", ("full", "reduced"), as_ordinary_user),
    "no-namespaces": Surrounding(
        "as an ordinary user, user namespaces switched off for the process",
        ("reduced",),
        lambda folder: [*as_ordinary_user(folder), *without_user_namespaces()],
    ),
    "container": Surrounding(
        "as an ordinary user in a container",
        ("full", "reduced"),
        lambda folder: [*as_ordinary_user(folder), *in_a_container(folder)],
    ),
    "covered-container": Surrounding(
        "in a container that covers a part of /proc, as most do",
        ("reduced",),
        lambda folder: in_a_container(folder, covered_proc=True),
        as_user=False,
    ),
}


@dataclass
class Report:
    """What was found in one surrounding: user, tiers, refusals, and for each tier how many attacks ended how."""

    name: str
    uid: int
    tiers: list[str]
    refused: dict[str, str]
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """For people to read."""
        yield f"{self.name}: {SURROUNDINGS[self.name].what} (uid {self.uid}); tiers: {', '.join(self.tiers) or 'none'}"
        for tier, counts in sorted(self.outcomes.items()):
            yield f"  {tier}: {counts.total()} attacks tried, {counts['stopped']} stopped, {counts['failed']} failed"
        for tier, reason in self.refused.items():
            yield f"  {tier} refused: {reason}"
        yield from (f"  FAILED {failure}" for failure in self.failures)
        yield from (f"  PROBLEM {problem}" for problem in self.problems)


def try_in(name: str, only: str | None = None, patience: float = 1800.0) -> Report:
    """Probe, then run the attacks (with `only`, those that pytest's -k selects) in one surrounding."""
    surrounding = SURROUNDINGS[name]
    with _copy(surrounding.as_user) as folder:
        checkout = folder / "checkout"
        # `env -C`: as the user who starts this, the folder may be out of reach
        before = [*surrounding.leads_there(folder), "/usr/bin/env", "-C", str(checkout)]
        before += [f"TMPDIR={folder / 'tmp'}", f"PYTHONPATH={checkout}", sys.executable]
        seen = json.loads(_run([*before, "-c", _PROBING], 120).splitlines()[-1])
        assert seen["root"] == str(checkout), "another copy of the package than the one made for this was imported"
        report = Report(name, seen["uid"], seen["tiers"], seen["refused"])
        if set(report.tiers) != set(surrounding.tiers):
            report.problems.append(f"expected the tiers {', '.join(surrounding.tiers)}")
        for tier in ({"full", "reduced"} - set(report.tiers)) - {
            t for t, why in report.refused.items() if len(why) > 60
        }:
            report.problems.append(f"the tier {tier} was refused without a reason")
        results = folder / "tmp" / "results.xml"
        tests = ["tests/attacks/test_attacks.py", "tests/attacks/test_older_kernels.py"]
        if only:
            tests = ["tests/attacks/test_attacks.py::test_attack", "-k", only]
        said = _run([*before, "-m", "pytest", *tests, "-p", "no:cacheprovider", f"--junitxml={results}"], patience)
        _count(results, report, said)
    return report


@contextmanager
def _copy(as_user: bool) -> Iterator[Path]:
    """A folder with `checkout` and `tmp`, on a real disk where /tmp is one, and owned by whoever will use it."""
    with tempfile.TemporaryDirectory(prefix="tl-elsewhere-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "checkout" / "tests").mkdir(parents=True)
        (folder / "tmp").mkdir()
        copy_for_everybody(PARTS, folder / "checkout")
        folder.chmod(0o755)
        uid = ordinary_uid(folder) if as_user else None
        if uid is not None:
            for path in (folder / "tmp", folder / "checkout", *(folder / "checkout").rglob("*")):
                shutil.chown(path, uid, uid)
        yield folder


def _run(command: list[str], patience: float) -> str:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=patience, cwd="/", env=environment)
    if done.returncode not in (0, 1):
        raise RuntimeError(
            f"{' '.join(command[-4:])} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return done.stdout


def _count(results: Path, report: Report, said: str) -> None:
    for case in ElementTree.parse(results).iter("testcase"):
        name = case.get("name", "")
        bad = [child for child in case if child.tag in ("failure", "error", "skipped")]
        tier = next((tier for tier in ("full", "reduced") if re.search(rf"[\[-]{tier}[\]-]", name)), None)
        if name.startswith("test_attack[") and tier is not None:
            report.outcomes.setdefault(tier, Counter())["failed" if bad else "stopped"] += 1
        report.failures += [f"{name}: {child.get('message', '')[:300]}" for child in bad]
    if set(report.outcomes) != set(report.tiers):
        report.problems.append(f"no attack ran in some tier that is there:\n{said[-1500:]}")


def main() -> int:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("surroundings", nargs="*", metavar="SURROUNDING", help=f"of {', '.join(SURROUNDINGS)} (all)")
    parser.add_argument("--only", metavar="WORDS", help="attacks to try, as for pytest -k")
    given = parser.parse_args()
    unknown = [name for name in given.surroundings if name not in SURROUNDINGS]
    if unknown:
        parser.error(f"no surrounding is called {unknown[0]}; there are {', '.join(SURROUNDINGS)}")
    bad = False
    for name in given.surroundings or SURROUNDINGS:
        report = try_in(name, given.only)
        bad = bad or bool(report.failures or report.problems)
        print(*report.lines(), sep="\n", flush=True)
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
