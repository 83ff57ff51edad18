"""Results of grading: one record a submission, written as it comes, and what is assembled from them."""

from grader.files import OutputError, OutputFull, OutputNotWritable
from grader.names import safe_name

from .errors import BadTable, DamagedRecord, NewerRecord, OutputBusy
from .record import Advice, Behaviour, Override, QuestionResult, SubmissionResult, TextPoints
from .store import NOT_AGAIN, Loaded, RecordStore

__all__ = [
    "NOT_AGAIN",
    "Advice",
    "BadTable",
    "Behaviour",
    "DamagedRecord",
    "Loaded",
    "NewerRecord",
    "OutputBusy",
    "OutputError",
    "OutputFull",
    "OutputNotWritable",
    "Override",
    "QuestionResult",
    "RecordStore",
    "SubmissionResult",
    "TextPoints",
    "safe_name",
]
