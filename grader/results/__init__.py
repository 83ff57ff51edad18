"""Results of grading: one record a submission, written as it comes, and what is assembled from them."""

from .errors import DamagedRecord, NewerRecord, OutputBusy, OutputFull, OutputNotWritable, ResultsError
from .names import safe_name
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
    "OutputFull",
    "OutputNotWritable",
    "QuestionResult",
    "RecordStore",
    "ResultsError",
    "SubmissionResult",
    "safe_name",
]
