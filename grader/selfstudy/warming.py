"""A checker that is ready sooner: the sandbox imports its packages in its own process while this one imports ours."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from grader.exercise.catalogue import ROOT
from grader.exercise.libraries import imported_by, imported_in

from ..judging.time_limit import TIME_LIMIT
from ..sandbox import Limits, Sandbox
from ..sandbox.launch import LIBRARIES, modules_for
from ..submissions import NotReadable, read_bytes
from .store import ProgressStore

if TYPE_CHECKING:
    from .checking import Checker


def ready(
    store: ProgressStore,
    exercises: Collection[str] = (),
    notebooks: Sequence[Path] | None = None,
    isolation: str = "best",
    time_limit: float = TIME_LIMIT,
    root: Path = ROOT,
) -> "Checker":
    """A started `Checker`, to be closed by using it as a context manager; prepared for `exercises`.

    notebooks: those to be checked; without them (they may change while they are watched) every library is imported.
    `isolation` is full, reduced, none or best; `time_limit` are seconds for one question. Raises SandboxUnavailable,
    SandboxError, ProgressUnavailable.
    """
    libraries = set(LIBRARIES) if notebooks is None else _imported(exercises, notebooks, root)
    sandbox = Sandbox(isolation, Limits(), preload=modules_for(libraries))
    try:
        with ThreadPoolExecutor(1) as pool:
            started = pool.submit(sandbox.start)
            from .checking import Checker  # brings torch: seconds

            checker = Checker(store, sandbox, time_limit, root)
            for name in exercises:
                checker.prepare(name, enough=started.done)
            started.result()
        return checker
    except BaseException:
        sandbox.close()
        raise


def _imported(exercises: Collection[str], notebooks: Sequence[Path], root: Path) -> set[str]:
    """The packages that sessions will import."""
    packages = imported_by(exercises, root)
    for path in notebooks:
        try:
            packages |= imported_in(read_bytes(path))
        except NotReadable:  # the check will say why
            continue
    return packages
