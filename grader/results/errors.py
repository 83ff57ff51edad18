"""What can go wrong with the records of a results folder. Every message says what to do next."""

from grader.files import OutputError


class DamagedRecord(OutputError):
    """A record that does not hold what a record holds (cut short, edited by hand, made by faulty code)."""


class NewerRecord(OutputError):
    """A record in a format that this version of the package does not know yet."""


class OutputBusy(OutputError):
    """Another process is writing to the same output folder."""


class BadTable(OutputError):
    """A table that a person keeps beside the results has a mistake; each line of the message names its line."""
