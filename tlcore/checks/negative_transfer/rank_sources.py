"""Public check of `rank_sources`."""

from tlcore import plots


def check(rank_sources, show):
    show.tried("`rank_sources(2.0)`")  # TODO
    show.expect("what it returns", rank_sources(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
