"""nbgrader: a course folder in which its own commands grade in our sandbox.

`course` writes the folder, `exporter` and `preprocessor` are what its configuration puts into `nbgrader autograde`,
`gradebook` writes results of `tl grade` into nbgrader's database. nbgrader is imported by those who ask for it only.
"""
