"""What the sentences of a record tell of an answer: the exception that it raised, and the shape of what was seen.

Answers that went wrong alike have messages of one shape: numbers, made-up names and lengths differ, the words do not.
"""

import re

from grader.results.record import Behaviour, QuestionResult
from grader.results.status import Ended

# The beginnings that grader.judging.verdict.explain gives its sentences; a test holds the two together.
_RAISED = re.compile(r"(?:Your answer|Using your answer) raised (\w{1,60}):")
_KINDS = (
    ("Python cannot read the cell", "SyntaxError"),
    ("Your answer called exit()", "SystemExit"),
    ("Your answer returned another kind of object", "another kind of object returned"),
    ("What your answer returned could not be read", "unreadable object returned"),
    ("Your answer needed more memory", "out of memory"),
    ("Your answer ended the Python process", "Python itself ended"),
    ("There was no answer within", "out of time"),
    ("The answer's cell was", "out of time"),
)
_MISSING = re.compile(r"is not defined: the notebook has no function or class of that name")
_CODE = re.compile(r"`[^`]*`")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?")  # nan is no number here: it is a mistake of its own
# Given.name() of the hidden tests puts three syllables together; a test holds this to its list.
SYLLABLE = r"(?:[bdklmnprst][aeo]|f[aio]|g[ao])"
MADE_UP = re.compile(rf"(?<![a-z]){SYLLABLE}{{3}}(?![a-z])")
_LIST = re.compile(r"(?:[\w.…#]*#[\w.…#]*)(?:[,; ]+(?:[\w.…#]*#[\w.…#]*))+")


def raised(message: str) -> str:
    """The kind of exception that a message tells of ("NameError"), or how the answer ended; empty where it ran."""
    if found := _RAISED.match(message):
        return found[1]
    if _MISSING.search(message):
        return "nothing of that name in the notebook"
    return next((kind for start, kind in _KINDS if message.startswith(start)), "")


def all_raised(result: QuestionResult) -> list[str]:
    """The different kinds in a question's message and those of its behaviours, in order of appearance."""
    if result.ended is Ended.BLANK:
        return []
    messages = [result.message, *(behaviour.message for behaviour in result.behaviours if not behaviour.passed)]
    return [kind for kind in dict.fromkeys(map(raised, messages)) if kind]


def failed(behaviours: list[Behaviour]) -> tuple[str, ...]:
    """The names of the behaviours that failed."""
    return tuple(behaviour.name for behaviour in behaviours if not behaviour.passed)


def shape(message: str) -> str:
    """`message` with what differs from case to case taken out, for comparing; not for people.

    `expected 0.5; observed 0.7` and `expected 0.1; observed 0.3` are alike, and so are lists of different lengths.
    """
    kind = raised(message)
    if kind:
        return kind
    text = _CODE.sub("#", message[:1200])
    text = _NUMBER.sub("#", MADE_UP.sub("#", text))
    return " ".join(_LIST.sub("#", text).casefold().split())


def made_up(result: QuestionResult) -> str:
    """A made-up name that the texts of a question's behaviours hold, to explain it; empty where there is none.

    `remote` has three such syllables, too: one name by itself counts only as a part of a path.
    """
    text = "\n".join(f"{behaviour.observed}\n{behaviour.expected}" for behaviour in result.behaviours)
    names = list(dict.fromkeys(MADE_UP.findall(text)))
    in_path = next((name for name in names if re.search(rf"[\w]\.{name}\b|\b{name}\.\w", text)), "")
    return in_path or (names[0] if len(names) > 1 else "")
