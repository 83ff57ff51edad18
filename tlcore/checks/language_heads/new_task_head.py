"""Public check of `new_task_head`."""

from tlcore import plots


def check(new_task_head, show):
    show.tried("`new_task_head(2.0)`")  # TODO
    show.expect("what it returns", new_task_head(2.0), "TODO", teach="TODO What should the learner look at?")
    show.picture(plots.bars("TODO", ["a"], [1.0], ylabel="TODO"))
