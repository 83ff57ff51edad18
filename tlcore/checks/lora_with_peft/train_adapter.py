"""Public check of `train_adapter`."""


def check(show):
    show.untried("everything")
