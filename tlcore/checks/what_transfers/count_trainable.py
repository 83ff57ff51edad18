"""Public check of `count_trainable`."""

from tlcore import plots


def check(count_trainable, show):
    show.tried("`count_trainable(2.0)`")  # TODO
    show.expect("what it returns", count_trainable(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
