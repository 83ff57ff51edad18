"""Known wrong ideas, one module a topic: each a wrong implementation beside the reference.

The grader runs them on the same hidden inputs as the learner's answer; where the observations match, it names the
misconception and asks its question.
"""

from tlcore.misconceptions.registry import Misconception, misconception, misconceptions_of

__all__ = ["Misconception", "misconception", "misconceptions_of"]
