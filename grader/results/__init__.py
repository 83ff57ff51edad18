"""Results of grading: one record a submission, written as it comes, and what is assembled from them."""

from grader.files import OutputError, OutputFull, OutputNotWritable
from grader.names import safe_name

from .errors import DamagedRecord, NewerRecord, OutputBusy
from .record import Advice, Behaviour, QuestionResult, SubmissionResult
from .store import NOT_AGAIN, Loaded, RecordStore

__all__ = [
    "NOT_AGAIN",
    "Advice",
    "Behaviour",
    "DamagedRecord",
    "Loaded",
    "NewerRecord",
    "OutputBusy",
    "OutputError",
    "OutputFull",
    "OutputNotWritable",
    "QuestionResult",
    "RecordStore",
    "SubmissionResult",
    "safe_name",
]
