"""Results for other programs: a platform's own file filled in, tables for a spreadsheet, a zip to mail out.

One module for each format. What they share: `sheet` changes cells of somebody else's CSV file and leaves all other
bytes as they were, `people` says which learner is which row, `filling` puts points into a column.
"""

from .errors import ExportError

__all__ = ["ExportError"]
