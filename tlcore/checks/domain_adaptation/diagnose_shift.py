"""Public check of `diagnose_shift`."""

from tlcore import plots


def check(diagnose_shift, show):
    show.tried("`diagnose_shift(2.0)`")  # TODO
    show.expect("what it returns", diagnose_shift(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
