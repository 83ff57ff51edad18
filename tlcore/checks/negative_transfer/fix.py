"""Public check of `fix`: small runs, their causes known by hand."""

from tlcore import plots


def check(fix, show):
    show.tried("TODO")
