"""Public check of `capstone`."""

from tlcore import plots


def check(capstone, show):
    show.tried("`capstone(2.0)`")  # TODO
    show.expect("what it returns", capstone(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
