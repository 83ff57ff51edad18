"""otter-grader and Gradescope: a bundle for learners, and an autograder.zip that grades in our sandbox.

`assignment` writes both; `plugin` is what `otter run` (on Gradescope: `run_autograder`) grades with.
"""

from grader.channels.otter.assignment import write_assignments

__all__ = ["write_assignments"]
