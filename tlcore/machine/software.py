"""Python, the packages, and the kernel of Jupyter."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, requires, version
from pathlib import Path

from tlcore.machine import own_kernel
from tlcore.machine.finding import Finding
from tlcore.machine.home import without_ipythons_warning
from tlcore.progress import in_notebook

BUNDLE = "tl-learner"
DISTRIBUTIONS = {
    BUNDLE: "in the unpacked bundle's folder: python -m pip install -c constraints.txt tl_learner-*.whl",
    "tl-exercises": "run make setup in the checkout, or pip install -c constraints.txt -e .",
}
"""What brings this package, the learners' bundle or the whole project, and how to mend its requirements."""
HERE = Path(__file__).resolve().parents[1]
"""The folder of `tlcore` that this module is in."""

SHOWN = (
    "torch",
    "transformers",
    "peft",
    "numpy",
    "scikit-learn",
    "matplotlib",
    "jupyterlab",
    "nbgrader",
    "otter-grader",
)
"""The packages that carry the subject; the others are named only where something is wrong with them."""


def python() -> Iterator[Finding]:
    """The interpreter."""
    found = f"{platform.python_version()} ({sys.executable}) on {platform.system()} {platform.machine()}"
    yield Finding("Python", "fine", found)  # pip refuses to install this package into an older one


def packages() -> Iterator[Finding]:
    """The versions that are installed against those that the exercises ask for."""
    from packaging.requirements import Requirement

    requirements, mend = _requirements()
    if not requirements:
        advice = "nothing has to be done if the cells below run; otherwise install the exercises as their page says"
        yield Finding("packages", "note", "this copy was not installed, so what it needs is not known", advice)
    for text in requirements:
        wanted = Requirement(text)
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            installed = version(wanted.name)
        except PackageNotFoundError:
            yield Finding(wanted.name, "problem", "not installed", mend)
            continue
        if not wanted.specifier.contains(installed, prereleases=True):
            yield Finding(wanted.name, "problem", f"{installed}, and {wanted.specifier} is needed", mend)
        elif wanted.name in SHOWN:
            yield Finding(wanted.name, "fine", installed)


def kernel() -> Iterator[Finding]:
    """The kernel that runs this notebook; outside of one, the kernel that the exercises ask for."""
    if in_notebook():
        ours = f'"{own_kernel.SHOWN_AS}", ' if own_kernel.interpreter() == sys.executable else ""
        found = f"{ours}{sys.prefix}, runs this notebook (ipykernel {version('ipykernel')})"
        yield Finding("Jupyter kernel", "fine", found)
        return
    mend = f"{sys.executable} -m ipykernel install --sys-prefix --name python3"
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    except ImportError as error:
        advice = "run make setup in the checkout; tl check and tl progress work without Jupyter"
        yield Finding("Jupyter kernel", "problem", f"Jupyter cannot be imported: {error}", advice)
        return
    try:
        with without_ipythons_warning():
            spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        yield Finding("Jupyter kernel", "problem", "no kernel 'python3'", mend)
        return
    program = spec.argv[0]
    # Jupyter starts a bare `python` with the interpreter that it runs in itself.
    if program.startswith("python") or Path(program).parent == Path(sys.executable).parent:
        yield Finding("Jupyter kernel", "fine", f"python3 ({spec.display_name})")
    else:
        yield Finding("Jupyter kernel", "problem", f"python3 starts {program}, another environment", mend)


def installed_kernel() -> Iterator[Finding]:
    """The kernel that `tl start --kernel` installs for this user, where there is one."""
    program = own_kernel.interpreter()
    if program is None:
        return
    found = f"{own_kernel.SHOWN_AS} starts {program}"
    if not os.path.exists(program):
        advice = "its environment is gone: install it for this one with tl start --kernel (bundle: tl-learner --kernel)"
        yield Finding("own kernel", "problem", f"{found}, which is not there", advice)
    elif Path(program).parent == Path(sys.executable).parent:
        yield Finding("own kernel", "fine", found)
    else:
        advice = "to have it start this one: tl start --kernel (bundle: tl-learner --kernel)"
        yield Finding("own kernel", "note", f"{found}, another environment", advice)


def rights() -> Iterator[Finding]:
    """What protects the machine from the cells of a notebook: nothing, as everywhere in Jupyter."""
    import getpass

    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a user id without a name, as containers have
        user = f"user {os.getuid()}"
    advice = "open only notebooks that you trust; graders lock in the notebooks that are handed in"
    yield Finding("isolation", "fine", f"none: cells run with all the rights of {user}", advice)


def _requirements() -> tuple[list[str], str]:
    """The requirements of the distribution that this module is of, and how to mend them."""
    for name, mend in DISTRIBUTIONS.items():
        try:
            if name != BUNDLE or Path(str(distribution(name).locate_file("tlcore"))).resolve() == HERE:
                return requires(name) or [], mend
        except PackageNotFoundError:
            continue
    return [], ""
