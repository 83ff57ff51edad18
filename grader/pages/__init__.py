"""Pages from records: one for each learner, one for the class; self-contained files that need no network."""

from .writing import write_pages

__all__ = ["write_pages"]
