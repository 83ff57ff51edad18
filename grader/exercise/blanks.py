"""The solution marks: what a learner gets in place of a solution, and the solution without its marks.

The marks and the way of replacing them are nbgrader's: its `ClearSolutions` strips the notebooks. This is the same in
plain Python for those who only ask what a blank looks like, because importing nbgrader takes more than a second.
"""

import re

BEGIN = "BEGIN SOLUTION"
END = "END SOLUTION"
STUB = '# YOUR CODE HERE\nraise NotImplementedError("Write this part, then run this cell and the check below it.")'


def has_marks(source: str) -> bool:
    """True where a line of `source` holds a solution mark."""
    return BEGIN in source or END in source


def mark_problem(source: str) -> str | None:
    """What is wrong with the marks of an answer cell, or None."""
    inside = False
    found = False
    for line in source.split("\n"):
        if BEGIN in line:
            if inside:
                return f"a second '### {BEGIN}' before '### {END}'"
            inside = found = True
        elif END in line:
            if not inside:
                return f"'### {END}' without a '### {BEGIN}' before it"
            inside = False
    if inside:
        return f"'### {BEGIN}' without '### {END}' after it"
    if not found:
        return f"no solution between '### {BEGIN}' and '### {END}'"
    return None


def blank(source: str) -> str:
    """The answer cell as the learner gets it: every marked region replaced by the stub, indented as its mark was."""
    lines: list[str] = []
    inside = False
    for line in source.split("\n"):
        if BEGIN in line:
            inside = True
            indent = re.match(r"\s*", line)
            lines += [(indent[0] if indent else "") + stub for stub in STUB.split("\n")]
        elif END in line:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def answer(source: str) -> str:
    """The answer cell with its solution, the marks taken out."""
    return "\n".join(line for line in source.split("\n") if not has_marks(line))
