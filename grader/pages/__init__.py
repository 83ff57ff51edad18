"""Pages from records: one for each learner, one for the class; self-contained files that need no network."""

from .missing import missing_people
from .writing import write_pages

__all__ = ["missing_people", "write_pages"]
