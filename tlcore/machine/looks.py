"""The list of everything that is looked at, and going through it."""

from __future__ import annotations

import os
from collections.abc import Iterable

from tlcore.machine import cluster, environment, hardware, software
from tlcore.machine.finding import Finding, Look

LOOKS: tuple[Look, ...] = (
    software.python,
    software.packages,
    software.kernel,
    software.installed_kernel,
    cluster.node,
    cluster.session,
    cluster.shell,
    hardware.cores,
    hardware.memory,
    environment.importing,
    hardware.accelerator,
    hardware.disk,
    software.rights,
)


def look_round(looks: Iterable[Look]) -> list[Finding]:
    """All findings. A look that fails is a problem of its own, and the others go on; with $TL_TRACEBACK it raises."""
    findings: list[Finding] = []
    for look in looks:
        try:
            findings += look()
        except Exception as error:  # what is broken here is what one looks for
            if os.environ.get("TL_TRACEBACK"):
                raise
            advice = "install the exercises again; with TL_TRACEBACK=1 in the environment one sees where it fails"
            findings.append(Finding(look.__name__, "problem", f"{type(error).__name__}: {error}", advice))
    return findings
