"""Public check of `compare`."""

from tlcore import plots


def check(compare, show):
    show.tried("`compare(2.0)`")  # TODO
    show.expect("what it returns", compare(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
