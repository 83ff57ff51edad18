"""Public check of `adapt_without_forgetting`."""

from tlcore import plots


def check(adapt_without_forgetting, show):
    show.tried("`adapt_without_forgetting(2.0)`")  # TODO
    show.expect("what it returns", adapt_without_forgetting(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
