"""Grading: one submission in the sandbox, and a whole class of them."""

from grader.grading.batch import Settings, Stop, Summary, grade_class
from grader.grading.selection import Selection

__all__ = ["Selection", "Settings", "Stop", "Summary", "grade_class"]
