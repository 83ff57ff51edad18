"""What can go wrong with an export."""

from grader.text import clean


class ExportError(Exception):
    """Nothing was written; `str(error)` says why and what to do.

    It may quote headings and names that somebody else wrote: they are made harmless for a terminal.
    """

    def __init__(self, message: str) -> None:
        super().__init__(clean(message, 4000))
