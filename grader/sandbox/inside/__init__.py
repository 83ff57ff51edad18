"""The part of the sandbox within its walls: fork server, supervisor, confinement.

With `grader/remote` this is all of the grader that is visible in there. It holds no secret and imports nothing else of
the grader.
"""
