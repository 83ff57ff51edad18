"""Grading: one submission in the sandbox, and a whole class of them."""

from grader.grading.batch import Settings, Stop, Summary, grade_class

__all__ = ["Settings", "Stop", "Summary", "grade_class"]
