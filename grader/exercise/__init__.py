"""What an exercise is: its questions, cells, hints and blanks, read from a solution file.

This file imports nothing, and nothing here needs torch or nbgrader: every grading run reads titles, points and hints.
"""
