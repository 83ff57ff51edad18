"""Public check of `replay_loader`."""

from tlcore import plots


def check(replay_loader, show):
    show.tried("`replay_loader(2.0)`")  # TODO
    show.expect("what it returns", replay_loader(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
