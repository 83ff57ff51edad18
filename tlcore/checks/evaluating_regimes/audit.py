"""Public check of `audit`."""

from tlcore import plots


def check(audit, show):
    show.tried("`audit(2.0)`")  # TODO
    show.expect("what it returns", audit(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
