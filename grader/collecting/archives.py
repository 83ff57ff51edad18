"""A zip that a learner handed in: its files are taken as if they had been handed in themselves. One level, bounded.

Nothing of it stays in memory: whoever reads a file reads the zip again.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

from grader.collecting.download import Member, Unreadable, zip_in
from grader.collecting.errors import NoDownload
from grader.collecting.handed_in import HandedIn

MOST_BYTES = 64 * 2**20
"""Bytes of a learner's zip."""
MOST_FILES = 1_000
_OTHERS = (".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")


def with_archives(files: list[HandedIn], refused: list[tuple[str, str]]) -> Iterator[HandedIn]:
    """`files`, and in place of each zip what is in it. Other archives, and what of a zip is not taken, are refused."""
    for file in files:
        source = file.member.source
        if file.path.lower().endswith(_OTHERS):
            refused.append((source, "an archive that is not unpacked: ask for the notebook itself"))
        elif not file.path.lower().endswith(".zip"):
            yield file
        elif file.member.size > MOST_BYTES:
            refused.append((source, f"a zip of over {MOST_BYTES // 2**20} MiB: ask for the notebook itself"))
        else:
            try:
                yield from _inside(file, refused)
            except (NoDownload, Unreadable) as error:
                refused.append((source, f"a zip that cannot be used: {error}"))


def _inside(file: HandedIn, refused: list[tuple[str, str]]) -> list[HandedIn]:
    source = file.member.source
    folder = file.path[: file.path.rfind("/") + 1]
    found = []
    with zip_in(io.BytesIO(file.member.read()), "it.zip", MOST_FILES) as download:
        refused += [(f"{source}/{name}", why) for name, why in download.left_out]
        for member in download.members:
            path = f"{folder}{member.path}"
            if path.lower().endswith((".zip", *_OTHERS)):
                refused.append((f"{source}/{member.source}", "an archive in an archive: ask for the notebook itself"))
                continue
            inside = Member(member.path, f"{source}/{member.source}", member.size, _reader(file.member, member.source))
            found.append(replace(file, member=inside, path=path))
    return found


def _reader(outer: Member, name: str) -> Callable[[], bytes]:
    def read() -> bytes:
        with zip_in(io.BytesIO(outer.read()), outer.source, MOST_FILES) as download:
            return next(member for member in download.members if member.source == name).read()

    return read
