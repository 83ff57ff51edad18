"""From a learning platform's download to a folder of submissions."""

from grader.collecting.collected import Collected, Entry, carry_over
from grader.collecting.collecting import Outcome, collect
from grader.collecting.errors import CollectError
from grader.collecting.handed_in import Person
from grader.collecting.layouts import LAYOUTS
from grader.collecting.roster import Row, read_rosters
from grader.collecting.whose import Told

__all__ = [
    "LAYOUTS",
    "CollectError",
    "Collected",
    "Entry",
    "Outcome",
    "Person",
    "Row",
    "Told",
    "carry_over",
    "collect",
    "read_rosters",
]
