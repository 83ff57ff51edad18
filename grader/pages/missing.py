"""Who handed in nothing: the list that `tl collect` leaves beside the results, where there was a list of the class."""

import json
from pathlib import Path

FILE = "collected.json"
LARGEST = 50 * 2**20  # bytes; an entry for each of ten thousand notebooks has about three


def missing_people(folder: Path) -> list[str]:
    """Their names, in order; none where there is no such file, or it cannot be read as one."""
    path = folder / FILE
    try:
        if path.stat().st_size > LARGEST:
            return []
        people = json.loads(path.read_bytes())["missing"]
        return sorted({str(person["name"]) for person in people}, key=lambda name: (name.casefold(), name))
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        return []
