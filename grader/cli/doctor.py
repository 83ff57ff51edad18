"""`tl doctor`: is this machine ready?"""

from dataclasses import asdict
from typing import Annotated

import typer

from . import console


def command(
    as_json: Annotated[bool, typer.Option("--json", help="Print a list with one object a finding.")] = False,
) -> None:
    """Say what this machine offers, and what to do about what is missing.

    Looks at Python, the packages, the Jupyter kernel, a cluster's environment, cores, memory, accelerator, disks, and
    the isolation of learners' code. Exit status 1 where something has to be mended; notes are not counted.
    """
    from tlcore.machine import as_text, look_round

    from .machine import LOOKS, Finding

    findings: list[Finding] = []
    with console.steps("looking at", len(LOOKS)) as step:
        for look in LOOKS:
            step(look.__name__)
            findings += look_round([look])
    if as_json:
        console.print_json([asdict(finding) for finding in findings])
    else:
        console.say(as_text(findings))
    if any(finding.status == "problem" for finding in findings):
        raise typer.Exit(1)
