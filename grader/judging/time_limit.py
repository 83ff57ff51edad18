"""How long an answer may take. Light: imports nothing, because the command line shows it too."""

TIME_LIMIT = 20.0
"""Seconds of wall time for one question, unless told otherwise. The slowest reference needs under one."""
