"""Public check of `sentence_features`."""

from tlcore import plots


def check(sentence_features, show):
    show.tried("`sentence_features(2.0)`")  # TODO
    show.expect("what it returns", sentence_features(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
