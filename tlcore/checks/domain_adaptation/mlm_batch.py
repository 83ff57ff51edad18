"""Public check of `mlm_batch`."""

from tlcore import plots


def check(mlm_batch, show):
    show.tried("`mlm_batch(2.0)`")  # TODO
    show.expect("what it returns", mlm_batch(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
