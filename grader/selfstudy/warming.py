"""A checker that is ready sooner: the sandbox imports its packages in its own process while this one imports ours."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from grader.exercise.catalogue import ROOT, imported_by

from ..judging.time_limit import TIME_LIMIT
from ..sandbox import Limits, Sandbox
from ..sandbox.launch import LIBRARIES, modules_for
from .store import ProgressStore

if TYPE_CHECKING:
    from .checking import Checker


def ready(
    store: ProgressStore,
    exercises: Collection[str] = (),
    isolation: str = "best",
    time_limit: float = TIME_LIMIT,
    root: Path = ROOT,
) -> "Checker":
    """A started `Checker`, to be closed by using it as a context manager; prepared for `exercises`.

    `isolation` is full, reduced, none or best; `time_limit` are seconds for one question. Raises SandboxUnavailable,
    SandboxError, ProgressUnavailable.
    """
    libraries = imported_by(exercises, root) if exercises else set(LIBRARIES)
    sandbox = Sandbox(isolation, Limits(), preload=modules_for(libraries))
    try:
        with ThreadPoolExecutor(1) as pool:
            started = pool.submit(sandbox.start)
            from .checking import Checker  # brings torch: seconds

            checker = Checker(store, sandbox, time_limit, root)
            for name in exercises:
                checker.prepare(name)
            started.result()
        return checker
    except BaseException:
        sandbox.close()
        raise
