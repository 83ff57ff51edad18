"""What can go wrong with an export."""


class ExportError(Exception):
    """Nothing was written; `str(error)` says why and what to do."""
