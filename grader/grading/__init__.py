"""Grading: one submission in the sandbox, and a whole class of them."""

from grader.grading.batch import Settings, Stop, Summary, grade_class
from grader.grading.selection import Selection
from grader.grading.shard import BadShard, Shard

__all__ = ["BadShard", "Selection", "Settings", "Shard", "Stop", "Summary", "grade_class"]
