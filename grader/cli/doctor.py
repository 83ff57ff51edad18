"""`tl doctor`: is this machine ready?"""


def command() -> None:
    """x"""
