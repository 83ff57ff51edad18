"""Public check of `data_efficiency`."""

from tlcore import plots


def check(data_efficiency, show):
    show.tried("`data_efficiency(2.0)`")  # TODO
    show.expect("what it returns", data_efficiency(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
