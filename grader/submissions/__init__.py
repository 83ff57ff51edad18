"""Finding submissions on disk and reading untrusted notebooks."""

from grader.submissions.finding import UNKNOWN, Found, find_submissions, passed_over
from grader.submissions.notebook import Answered, NotReadable, read_answers, read_bytes

__all__ = [
    "UNKNOWN",
    "Answered",
    "Found",
    "NotReadable",
    "find_submissions",
    "passed_over",
    "read_answers",
    "read_bytes",
]
