"""What can go wrong with an output folder. Every message says what to do next."""


class ResultsError(Exception):
    """The root of this package's errors; `str(error)` is a sentence to show to the instructor as it is."""


class DamagedRecord(ResultsError):
    """A record that does not hold what a record holds (cut short, edited by hand, made by faulty code)."""


class NewerRecord(ResultsError):
    """A record in a format that this version of the package does not know yet."""


class OutputBusy(ResultsError):
    """Another process is writing to the same output folder."""


class OutputNotWritable(ResultsError):
    """The output folder cannot be created or written."""


class OutputFull(OutputNotWritable):
    """The disk, or the quota on it, is full; what was written before stays valid."""
