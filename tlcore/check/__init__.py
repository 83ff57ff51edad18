"""`check("freeze")`: run the public checks of one question on what the learner wrote, and show what differs.

The checks themselves live in `tlcore/checks/<topic>/<question>.py` and hold properties and literal
values only. This package finds the learner's functions, calls the check with them and a `Show`, and makes a `Report`.
"""

from __future__ import annotations

from tlcore.check.report import Report
from tlcore.check.run import check
from tlcore.check.show import Show
from tlcore.check.topics import known_questions

__all__ = ["Report", "Show", "check", "known_questions"]
