"""`tl doctor`: is this machine ready?"""

import os
from dataclasses import asdict
from typing import Annotated

import typer

from . import console


def command(
    as_json: Annotated[bool, typer.Option("--json", help="Print a list with one object a finding.")] = False,
) -> None:
    """Say what this machine offers, and what to do about what is missing.

    Looks at Python, the packages, cores, memory, accelerator, the Jupyter kernel, the isolation of learners' code, and
    a cluster's environment. Exit status 1 where something has to be mended; notes are not counted.
    """
    from .machine import LOOKS, Finding

    findings: list[Finding] = []
    with console.steps("looking at", len(LOOKS)) as step:
        for look in LOOKS:
            step(look.__name__)
            try:
                findings += look()
            except Exception as error:  # what is broken here is what this verb is for
                if os.environ.get("TL_TRACEBACK"):
                    raise
                advice = "run make setup in the checkout; TL_TRACEBACK=1 tl doctor shows where it fails"
                findings.append(Finding(look.__name__, "problem", f"{type(error).__name__}: {error}", advice))
    if as_json:
        console.print_json([asdict(finding) for finding in findings])
    else:
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            mark = {"fine": " ok ", "note": "note", "problem": " !! "}[finding.status]
            console.say(f"{mark}  {finding.name:{width}}  {finding.found}")
            if finding.advice:
                console.say(f"      {'':{width}}  -> {finding.advice}")
    if any(finding.status == "problem" for finding in findings):
        raise typer.Exit(1)
