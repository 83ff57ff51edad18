"""Which platform a download is from."""

from __future__ import annotations

from grader.collecting import canvas, gradescope, moodle, plain
from grader.collecting.download import Download
from grader.collecting.errors import NoDownload
from grader.collecting.handed_in import Layout

LAYOUTS: dict[str, Layout] = {layout.NAME: layout for layout in (gradescope, moodle, canvas, plain)}
"""The platforms by their names, in the order in which a download is held against them."""


def layout_of(download: Download, platform: str | None = None) -> Layout:
    """The layout of `platform`, or without one the first that fits. Raises NoDownload where none does."""
    if platform is not None:
        return LAYOUTS[platform]
    for layout in LAYOUTS.values():
        if layout.fits(download):
            return layout
    raise NoDownload(
        f"{download.path} looks like no download of Canvas, Moodle or Gradescope, and has no folders of learners with "
        "notebooks: see docs/instructor.md, or say what it is with --from"
    )
