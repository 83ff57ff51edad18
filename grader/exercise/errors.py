"""What can be wrong with what an author wrote."""

from collections.abc import Iterable


class AuthoringError(Exception):
    """One or more problems in a solution file; each is a line that says where and what to do."""

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


class UnknownExercise(AuthoringError):
    """A name that no solution file has; the message lists the names that there are."""

    def __init__(self, name: str, known: list[str]) -> None:
        self.name = name
        self.known = known
        if known:
            super().__init__(f"unknown exercise '{name}'; known: {', '.join(known)}")
        else:
            super().__init__("there is no exercise: solutions/ holds no NN_topic.py (solutions come with a checkout)")
