"""Public check of `choose_technique`."""

from tlcore import plots


def check(choose_technique, show):
    show.tried("`choose_technique(2.0)`")  # TODO
    show.expect("what it returns", choose_technique(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
