"""Grading: one submission in the sandbox, and a whole class of them."""

from grader.grading.batch import Stop, Summary, grade_class

__all__ = ["Stop", "Summary", "grade_class"]
