"""Public check of `transfer_benefit`."""

from tlcore import plots


def check(transfer_benefit, show):
    show.tried("`transfer_benefit(2.0)`")  # TODO
    show.expect("what it returns", transfer_benefit(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
