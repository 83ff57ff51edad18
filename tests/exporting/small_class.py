"""Records of a small class."""

from grader.results import QuestionResult, SubmissionResult

VISION, LORA = "02_feature_extraction", "04_lora_from_scratch"


def result(learner: str, exercise: str = VISION, points: float | None = 7.5, of: float = 10.0) -> SubmissionResult:
    """A record; `points` None is one that could not be graded."""
    questions = []
    if points is not None:
        status = "passed" if points == of else "partial"
        questions = [QuestionResult("freeze", "Freeze", 10, ["O2"], points, of, status, ["head_frozen_too"])]
    return SubmissionResult(
        package="0.1.0",
        isolation="full",
        learner=learner,
        exercise=exercise,
        status="not_graded" if points is None else "graded",
        reason="not a notebook" if points is None else None,
        points=points or 0.0,
        max_points=of,
        seed="00",
        digest="00",
        questions=questions,
    )
