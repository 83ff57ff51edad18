"""Public check of `encode_batch`."""

from tlcore import plots


def check(encode_batch, show):
    show.tried("`encode_batch(2.0)`")  # TODO
    show.expect("what it returns", encode_batch(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
