"""Which tier is in force: probing, refusing, and the same machine seen by others."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from asking import TIERS, asking, make_sandbox
from elsewhere import as_ordinary_user, copy_for_everybody, in_a_container, without_user_namespaces

from grader.sandbox import Limits, Sandbox, SandboxUnavailable, Tier, probe
from grader.sandbox import probe as _probe_function
from grader.sandbox.launch import unprivileged_uid
from grader.sandbox.visible import whats_visible

OUTSIDE = """
import json, sys
sys.path[:0] = [{root!r}, {root!r} + "/tests/sandbox"]
from grader.sandbox import probe, Sandbox, SandboxUnavailable
from asking import make_sandbox, asking
found = probe()
said = {{tier.value: why for tier, why in found.missing.items()}}
try:
    Sandbox("full", preload=()).start().close()
    refusal = ""
except SandboxUnavailable as error:
    refusal = str(error)
with make_sandbox("best") as sandbox, asking(sandbox) as learner:
    ids = learner.ask("import os; result = [os.getuid(), 1 + 1]")
print(json.dumps({{"missing": said, "best": sandbox.tier.value, "refusal": refusal, "ids": ids}}))
"""


@pytest.fixture(scope="module")
def readable_root() -> Iterator[Path]:
    """A copy of the package that everybody may read, wherever the checkout lies (pytest closes its own folders)."""
    with tempfile.TemporaryDirectory(prefix="tl-everybodys-") as folder:
        copy_for_everybody(("grader", "tlcore", "tests/sandbox"), Path(folder))
        yield Path(folder)


def run_outside(root: Path, *before: str) -> dict[str, object]:
    """Run OUTSIDE in a new Python that is started through the command `before`; what it printed."""
    command = [*before, sys.executable, "-c", OUTSIDE.format(root=str(root))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, cwd="/")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_probe_finds_what_works() -> None:
    found = probe()
    assert Tier.NONE in found.available
    assert set(found.available) | set(found.missing) == set(Tier)
    assert found.best == max(found.available, key=lambda tier: tier.strength)
    assert all(found.missing.values())


def test_best_takes_the_strongest() -> None:
    with make_sandbox("best") as sandbox:
        assert sandbox.tier is probe().best


@pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.value)
def test_a_tier_asked_for_is_the_tier_in_force(tier: Tier) -> None:
    with make_sandbox(tier.value) as sandbox, asking(sandbox) as learner:
        assert sandbox.tier is tier
        status = learner.ask("result = open('/proc/self/status').read()")
        assert ("Seccomp:\t2" in status) is (tier is not Tier.NONE)


def test_the_order_of_tiers() -> None:
    assert Tier.NONE < Tier.REDUCED < Tier.FULL


def test_an_unknown_tier() -> None:
    with pytest.raises(ValueError, match="one of full, reduced, none, best"):
        Sandbox("fully")


def test_limits_must_be_above_zero() -> None:
    with pytest.raises(ValueError, match=r"Limits\.cpu_seconds"):
        Limits(cpu_seconds=0)


def test_without_bwrap_full_is_refused_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    from grader.sandbox.probe import why_not

    why_not.cache_clear()
    try:
        with pytest.raises(SandboxUnavailable, match="apt-get install bubblewrap") as caught:
            make_sandbox("full").start()
        assert "What works here: --isolation" in str(caught.value)
        with make_sandbox("best") as sandbox:
            assert sandbox.tier is not Tier.FULL
    finally:
        why_not.cache_clear()
    assert _probe_function is probe


def test_without_user_namespaces(readable_root: Path) -> None:
    seen = run_outside(readable_root, *without_user_namespaces())
    assert seen["best"] == "reduced"
    assert "namespace" in str(seen["missing"]["full"])
    assert str(seen["refusal"]).startswith("isolation 'full' is not available on this machine")
    assert "--isolation reduced" in str(seen["refusal"])


def test_with_a_strict_umask(readable_root: Path) -> None:
    seen = run_outside(readable_root, "/bin/sh", "-c", 'umask 077; exec "$@"', "sh")
    assert seen["best"] == TIERS[0].value
    assert seen["refusal"] == "" or TIERS[0] is not Tier.FULL


def test_as_an_ordinary_user(readable_root: Path) -> None:
    seen = run_outside(readable_root, *as_ordinary_user(readable_root))
    assert seen["best"] == TIERS[0].value
    assert seen["refusal"] == "" or TIERS[0] is not Tier.FULL


def test_as_an_ordinary_user_without_user_namespaces(readable_root: Path) -> None:
    seen = run_outside(readable_root, *as_ordinary_user(readable_root), *without_user_namespaces())
    assert seen["best"] == "reduced"


def test_in_a_container_of_an_ordinary_user(readable_root: Path) -> None:
    container = in_a_container(readable_root)
    seen = run_outside(readable_root, *as_ordinary_user(readable_root), *container)
    assert seen["best"] == TIERS[0].value


def test_in_a_container_that_covers_parts_of_proc(readable_root: Path) -> None:
    """What bwrap as root and most container engines do; the kernel then allows no private /proc."""
    container = in_a_container(readable_root, covered_proc=True)
    seen = run_outside(readable_root, *container)
    assert seen["best"] == "reduced"
    assert "uncovered /proc" in str(seen["refusal"])


def test_real_root_does_not_stay_root() -> None:
    """Whoever starts it, a learner's process is nobody in particular on the machine itself."""
    if os.geteuid() == 0:
        assert unprivileged_uid([*whats_visible().trees]) not in (None, 0)
    for tier in TIERS:
        if tier is Tier.NONE:
            continue
        with make_sandbox(tier.value) as sandbox, asking(sandbox) as learner:
            owner = Path(f"/proc/{learner.session.pid}/status").read_text()
            real = int(owner.partition("Uid:")[2].split()[0])
            assert real != 0
