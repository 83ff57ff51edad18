"""File names for people: any learner string gives one safe, readable, unique name."""

import hashlib
import re
import unicodedata

# Longest readable part. With the hash and an extension it stays far below the 255 bytes of common file systems.
READABLE = 60
HASH_DIGITS = 10  # 40 bits: two names of a class meet by chance about once in a million classes of 1,000

_PLAIN = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_-])?")
_HASHED = re.compile(rf".*-[0-9a-f]{{{HASH_DIGITS}}}")
# Windows opens a device for these, whatever the extension.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")


def safe_name(learner: str) -> str:
    """A folder or file name for `learner`: ASCII letters, digits, `.`, `_` and `-` only.

    Names that are already plain (lower case, no special characters, at most 60 long) stay as they are. All others are
    made readable and get a short hash of the exact string, so that `Anna`, `anna` and `ANNA` differ on file systems
    that ignore case, and a name never looks like a path, an option, a hidden file or a Windows device.
    """
    plain = _PLAIN.fullmatch(learner) and len(learner) <= READABLE
    # A plain name that ends like a hashed one is hashed too: nobody can take the file of somebody else.
    if plain and not _HASHED.fullmatch(learner) and not _DEVICES.fullmatch(learner):
        return learner
    # surrogatepass: folder names that are not valid UTF-8 reach us with lone surrogates.
    digest = hashlib.sha256(learner.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_DIGITS]
    letters = unicodedata.normalize("NFKD", learner[: 4 * READABLE]).encode("ascii", "ignore").decode("ascii")
    readable = re.sub(r"[^A-Za-z0-9]+", "_", letters)[:READABLE].strip("_")
    return f"{readable or 'learner'}-{digest}"
