"""`tl`, the one command: a module here for each verb.

Exit status: 0 fine, 1 found problems, 2 could not run. An error is a clear line on stderr. Verbs import what is heavy
(torch, nbgrader) inside their functions, so that `tl --help` is there at once.
"""

from .app import main

__all__ = ["main"]
