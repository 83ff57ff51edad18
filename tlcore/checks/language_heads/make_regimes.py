"""Public check of `make_regimes`."""

from tlcore import plots


def check(make_regimes, show):
    show.tried("`make_regimes(2.0)`")  # TODO
    show.expect("what it returns", make_regimes(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
