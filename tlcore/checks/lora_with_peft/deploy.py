"""Public check of `deploy`."""


def check(show):
    show.untried("everything")
