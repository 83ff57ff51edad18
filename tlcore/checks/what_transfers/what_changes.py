"""Public check of `what_changes`."""

from tlcore import plots


def check(what_changes, show):
    show.tried("`what_changes(2.0)`")  # TODO
    show.expect("what it returns", what_changes(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
