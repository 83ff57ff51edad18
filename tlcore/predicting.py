"""Predict, commit, run: what a cell shows only to those who have said beforehand what they expect."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

import torch


class Prediction:
    """A prediction of which tensors will change. It is kept as a salted hash until the run, and cannot be changed.

    >>> bet = Prediction("a frozen body")
    >>> bet.reveal(lambda: (["a", "b"], {"b"}))
    a frozen body: nothing is shown before you have committed to a prediction.
    """

    def __init__(self, about: str) -> None:
        self.about = about
        self._said: tuple[str, ...] | None = None
        self._salt = secrets.token_hex(8)
        self.digest = ""
        """The salted hash of what was said; empty before."""

    def commit(self, keys: Iterable[str]) -> None:
        """Say which keys of the state dict will change, as they are or as patterns such as "body.*".

        `...` in their place means that nothing has been predicted yet. A second commitment is refused.
        """
        if self._said is not None:
            print(f"{self.about}: you have committed already ({self.digest}).")
            return
        if keys is ...:
            print(f"{self.about}: put your prediction in place of the three dots.")
            return
        self._said = tuple(sorted({keys} if isinstance(keys, str) else map(str, keys)))
        self.digest = hashlib.sha256(f"{self._salt} {' '.join(self._said)}".encode()).hexdigest()[:12]
        print(f"{self.about}: committed as {self.digest}. Run the next cell.")

    def reveal(self, run: Callable[[], tuple[Iterable[str], set[str]]]) -> None:
        """Run, if there is a prediction, and compare. `run` returns all keys, and those that changed."""
        if self._said is None:
            print(f"{self.about}: nothing is shown before you have committed to a prediction.")
            return
        every, changed = run()
        said = {key for key in every if any(fnmatchcase(key, pattern) for pattern in self._said)}
        right = len([key for key in every if (key in said) == (key in changed)])
        print(f"{self.about} (committed as {self.digest}): right about {right} of {len(list(every))} keys")
        for words, keys in (("changed, and you did not say so", changed - said), ("did not change", said - changed)):
            if keys:
                print(f"  {words}: {', '.join(sorted(keys))}")


def changed_keys(before: dict[str, torch.Tensor], after: dict[str, torch.Tensor]) -> set[str]:
    """The keys of two state dicts whose tensors differ in any number."""
    return {key for key, value in after.items() if not torch.equal(before[key], value)}
