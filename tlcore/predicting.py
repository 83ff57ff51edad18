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

    def commit(self, *keys: str | Iterable[str]) -> None:
        """Say which keys of the state dict will change, as they are or as patterns such as "body.*".

        Each of `keys` is a text or a list of texts.
        `...` in their place means that nothing has been predicted yet. A second commitment is refused.
        """
        if self._said is not None:
            print(f"{self.about}: you have committed already ({self.digest}).")
            return
        if not keys or ... in keys:
            print(f"{self.about}: put your prediction in place of the three dots.")
            return
        every = [[one] if isinstance(one, str) else one for one in keys]
        self._said = tuple(sorted({str(key) for some in every for key in some}))
        self.digest = hashlib.sha256(f"{self._salt} {' '.join(self._said)}".encode()).hexdigest()[:12]
        print(f"{self.about}: committed as {self.digest}. Run the next cell.")

    def reveal(self, run: Callable[[], tuple[Iterable[str], set[str]]]) -> None:
        """Run, if there is a prediction, and compare. `run` returns all keys, and those that changed."""
        if self._said is None:
            print(f"{self.about}: nothing is shown before you have committed to a prediction.")
            return
        keys, changed = run()
        every = list(keys)
        said = {key for key in every if any(fnmatchcase(key, pattern) for pattern in self._said)}
        right = len([key for key in every if (key in said) == (key in changed)])
        print(f"{self.about} (committed as {self.digest}): right about {right} of {len(every)} keys")
        idle = {pattern for pattern in self._said if not any(fnmatchcase(key, pattern) for key in every)}
        for words, found in (
            ("changed, and you did not say so", changed - said),
            ("did not change", said - changed),
            ("no key is called so", idle),
        ):
            if found:
                print(f"  {words}: {', '.join(sorted(found))}")


def changed_keys(before: dict[str, torch.Tensor], after: dict[str, torch.Tensor]) -> set[str]:
    """The keys of two state dicts whose tensors differ in any number."""
    return {key for key, value in after.items() if not torch.equal(before[key], value)}
