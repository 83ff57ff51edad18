"""What stops a collect as a whole; `str(error)` is a sentence to show as it is."""


class CollectError(Exception):
    """The root of them."""


class NoDownload(CollectError):
    """The download cannot be read, or is none of a platform that is known."""


class BadRoster(CollectError):
    """The roster cannot be read."""


class NotOurs(CollectError):
    """The folder to collect into is not one to write into."""
