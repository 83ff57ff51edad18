"""Public check of `anchor_penalty`."""

from tlcore import plots


def check(anchor_penalty, show):
    show.tried("`anchor_penalty(2.0)`")  # TODO
    show.expect("what it returns", anchor_penalty(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
