"""From a learning platform's download to a folder of submissions."""

from grader.collecting.collected import Collected, Entry
from grader.collecting.collecting import Outcome, collect
from grader.collecting.errors import CollectError
from grader.collecting.layouts import LAYOUTS

__all__ = ["LAYOUTS", "CollectError", "Collected", "Entry", "Outcome", "collect"]
