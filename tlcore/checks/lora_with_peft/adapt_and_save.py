"""Public check of `adapt_and_save`."""


def check(show):
    show.untried("everything")
