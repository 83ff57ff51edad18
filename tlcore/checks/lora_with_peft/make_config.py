"""Public check of `make_config`."""


def check(make_config, show):
    show.untried("everything")
