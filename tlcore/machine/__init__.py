"""What the machine offers that a notebook or a command runs on, looked at piece by piece.

`this_machine()` shows it in a notebook; `tl doctor` shows the same, and what matters for grading.
"""

from tlcore.machine.finding import Finding, as_text
from tlcore.machine.looks import LOOKS, look_round
from tlcore.machine.page import Page, this_machine

__all__ = ["LOOKS", "Finding", "Page", "as_text", "look_round", "this_machine"]
