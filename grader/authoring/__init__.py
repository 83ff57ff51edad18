"""From an author's solution to a learner's notebook: reading, building and proving exercises.

This file imports nothing: `exercise` must stay light, because every grading run reads titles, points and hints with it.
"""
