"""Public check of `forgetting`."""

from tlcore import plots


def check(forgetting, show):
    show.tried("`forgetting(2.0)`")  # TODO
    show.expect("what it returns", forgetting(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
