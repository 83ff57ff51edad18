"""Public check of `order_steps`."""

from tlcore import plots


def check(order_steps, show):
    show.tried("`order_steps(2.0)`")  # TODO
    show.expect("what it returns", order_steps(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
