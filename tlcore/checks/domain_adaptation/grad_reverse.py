"""Public check of `grad_reverse`."""

from tlcore import plots


def check(grad_reverse, show):
    show.tried("`grad_reverse(2.0)`")  # TODO
    show.expect("what it returns", grad_reverse(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
