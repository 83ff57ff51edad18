"""Finding submissions on disk and reading untrusted notebooks."""

from grader.submissions.beside import texts_beside
from grader.submissions.finding import UNKNOWN, Found, NoSubmissions, find_submissions, passed_over
from grader.submissions.notebook import Answered, NotReadable, read_answers, read_bytes
from grader.submissions.recognising import exercise_of_cells

__all__ = [
    "UNKNOWN",
    "Answered",
    "Found",
    "NoSubmissions",
    "NotReadable",
    "exercise_of_cells",
    "find_submissions",
    "passed_over",
    "read_answers",
    "read_bytes",
    "texts_beside",
]
