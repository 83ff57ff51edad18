"""Known wrong ideas, a folder for each topic and a file for each question: each a wrong implementation.

The grader runs them on the same hidden inputs as the learner's answer; where the observations match, it names the
misconception and asks its question.
"""

from tlcore.misconceptions.registry import Misconception, misconception, misconceptions_of

__all__ = ["Misconception", "misconception", "misconceptions_of"]
