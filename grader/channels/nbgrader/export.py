"""`nbgrader export` without zeros that nobody earned."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins.export import ExportPlugin

from grader.text import cell_text

COLUMNS = (
    "assignment duedate timestamp student_id last_name first_name email raw_score late_submission_penalty score"
    " max_score"
).split()


class CsvWithGaps(ExportPlugin):
    """nbgrader's CSV, with the same columns. Where a submission could not be graded, its scores stay empty, also where
    the gradebook does not know of it; where there is none, they are zero, as nbgrader has it. Names cannot become
    formulas of a spreadsheet, nor break a line.
    """

    def export(self, gradebook: Gradebook) -> None:
        """Write the table to `--to`, or grades.csv."""
        path = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", path)
        wanted, students = set(self.assignment), set(map(str, self.student))
        with open(path, "w", newline="", encoding="utf-8") as file:
            table = csv.writer(file, lineterminator=os.linesep)
            table.writerow(COLUMNS)
            for assignment in gradebook.assignments:
                for student in gradebook.students:
                    if (not wanted or assignment.name in wanted) and (not students or student.id in students):
                        table.writerow(self._row(gradebook, assignment, student))

    def _handed_in(self, assignment: Any, student: Any) -> bool:
        """Whether there is a submission that the gradebook does not know: nbgrader failed before it came to it."""
        directory = self.parent.coursedir
        try:
            os.lstat(directory.format_path(directory.submitted_directory, student.id, assignment.name))
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:  # a folder that cannot be looked into
            return True
        return True

    def _row(self, gradebook: Gradebook, assignment: Any, student: Any) -> list[object]:
        scores: list[object]
        person = [cell_text(text or "") for text in (student.id, student.last_name, student.first_name, student.email)]
        try:
            found = gradebook.find_submission(assignment.name, student.id)
        except MissingEntry:
            timestamp = ""
            scores = [""] * 3 if self._handed_in(assignment, student) else [0.0] * 3
        else:
            timestamp, penalty = found.timestamp or "", found.late_submission_penalty or 0.0
            grades = [grade for notebook in found.notebooks for grade in notebook.grades]
            graded = any(grade.auto_score is not None or grade.manual_score is not None for grade in grades)
            points = round(found.score, 6)
            scores = [points, penalty, round(max(0.0, points - penalty), 6)] if graded else ["", "", ""]
        return [assignment.name, assignment.duedate or "", timestamp, *person, *scores, assignment.max_score]
