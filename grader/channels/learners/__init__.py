"""The learners' bundle: one zip with a wheel of the open part, its versions, and a page that says how to begin."""

from grader.channels.learners.bundle import write_bundle

__all__ = ["write_bundle"]
