"""Puts the course into a wheel that is to be installed: below `grader/`, which sandboxes and learners never see.

An editable install needs none of it: there the checkout itself is the course.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COURSE = ("solutions", "exercises", "pyproject.toml", "constraints.txt")


class CourseInWheel(BuildHookInterface):
    """Adds `grader/course_files/` to a standard wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files that the wheel takes from the root of the checkout."""
        if version == "standard":
            build_data["force_include"].update({name: f"grader/course_files/{name}" for name in COURSE})
