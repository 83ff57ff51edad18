"""Public check of `task_switcher`."""


def check(show):
    show.untried("everything")
