"""What became of a question, and of an answer that did not run: one enum each, and their signs in a terminal."""

from enum import StrEnum


class Status(StrEnum):
    """Of a question: all points, some, none, an answer that did not run, or not graded at all."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    ERROR = "error"
    NOT_GRADED = "not_graded"


class Ended(StrEnum):
    """How an answer that did not run ended: an empty blank, out of time, a lost process or no more memory. ORDINARY is
    any other error, and every answer that ran."""

    ORDINARY = ""
    BLANK = "blank"
    TIME = "time"
    CRASH = "crash"


State = Status | Ended
"""What is shown to people: the status, or how an answer ended that did not run."""

SIGNS: dict[State, str] = {
    Status.PASSED: "●",
    Status.PARTIAL: "◐",
    Status.FAILED: "○",
    Status.ERROR: "×",
    Ended.TIME: "t",
    Ended.CRASH: "!",
    Ended.BLANK: "·",
    Status.NOT_GRADED: "?",
}
"""In a terminal, for an instructor and a learner alike."""
