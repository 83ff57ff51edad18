"""What can stand in the way of a learner alone. Every message says what to do next."""


class SelfStudyError(Exception):
    """The root of this package's errors; `str(error)` is a sentence to show to the learner as it is."""


class CannotStart(SelfStudyError):
    """The notebooks cannot be put where they were asked for, or JupyterLab cannot be opened."""


class NoNotebook(SelfStudyError):
    """There is nothing to check: no such file, no exercise in the folder, a notebook of no exercise."""


class DamagedProgress(SelfStudyError):
    """A progress file that does not hold what it should."""


class ProgressUnavailable(SelfStudyError):
    """The progress file is there and must not be touched: unreadable, of a newer version, or held by another `tl`."""
