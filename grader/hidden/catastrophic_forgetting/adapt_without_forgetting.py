"""Hidden tests of `adapt_without_forgetting`: any method, judged by what its model says of old and new digits.

The marks, by what eight right methods reach (mean and deviation over tasks of this kind):

    60 tasks with batch norm, 36 updates      old digits        new digits
    replay (the reference)                    0.962 +- 0.020    0.944 +- 0.046
    frozen blocks with adapters, replay       0.935 +- 0.028    0.868 +- 0.060
    replay and EWC                            0.973 +- 0.015    0.957 +- 0.032
    linear discriminant on frozen features    0.965 +- 0.019    0.935 +- 0.033
    distillation on the buffer                0.963 +- 0.018    0.962 +- 0.039
    frozen body, one solved head              0.946 +- 0.024    0.934 +- 0.031
    solved head, then all with replay         0.972 +- 0.017    0.962 +- 0.030
    two networks and a gate                   0.953 +- 0.028    0.966 +- 0.028

A mean of two tasks has 0.7 of this deviation. The notebook asks for 0.80 and 0.70. With these as the marks, and with
one task with group norm whose marks were 0.35 lower, 5 of 1,500 gradings of ten right methods were turned away
(`python -m benchmarks.forgetting_marks`, seeds from 7,000,140). The marks below were chosen then. The wrong idea that
comes nearest (statistics of the target, 20 gradings with `--wrong`) has 0.31 +- 0.10 of the new digits, 0.64 once.
After that, on 70 tasks that nobody had seen (seeds from 11,000,000), none of 700 gradings was turned away: with 95 %
confidence fewer than 0.43 %. The least were 0.855 and 0.705 with batch norm, 0.677 and 0.535 with group norm.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from grader.hidden.catastrophic_forgetting.setups import not_so
from grader.hidden.registry import hidden_test
from grader.student.proxy import Model
from grader.student.views import View
from tlcore import plots
from tlcore.pretraining.digit_tasks import DigitTasks, digit_tasks

MARKS = {"batch": (0.75, 0.65), "group": (0.50, 0.40)}
"""From which shares on points are given, as means over two tasks, by the norm of the base."""
MOST = 0.5
"""Share of the rows from which on a message says that most of them went one way."""


def task_of(given: Any, **sizes: Any) -> DigitTasks:
    """Digits and a base that nobody has seen."""
    n_old = given.choice([5, 6])
    return digit_tasks(given.integer(1000, 2**30), n_old, given.integer(3, 9 - n_old), per_new=20, **sizes)


def base_of(student: Any, task: DigitTasks) -> Any:
    """The base, on the other side."""
    config = task.base.config
    state = {name: value.clone() for name, value in task.base.state_dict().items()}
    sizes = {"n_classes": config.n_classes, "in_channels": 1, "widths": list(config.widths), "norm": config.norm}
    return student.tools.tiny_net(state=state, dropout=config.dropout, layout=config.layout, **sizes)


def adapted(student: Any, expect: Any, given: Any, task: DigitTasks, budget: int) -> Any:
    """What the answer makes of a task, and how many updates it took."""
    base = base_of(student, task)
    student.tools.count_updates()
    model = student.adapt_without_forgetting(base, task.target, task.buffer, budget)
    if not isinstance(model, Model):
        not_so(expect, "adapt_without_forgetting returns a module")
    updates = student.tools.updates_counted()
    within = isinstance(updates, int) and updates <= budget
    n_new = int(task.target[1].max()) + 1
    order = given.integer(0, 2**30)  # of the classes that the model is asked about
    return SimpleNamespace(task=task, base=base, model=model, within=within, n_new=n_new, order=order)


def called(expect: Any, it: Any, model: Any, mode: str = "") -> Any:
    """How a model answers, class by class, as it was returned: shares of rows."""
    old_x, old_y = it.task.old_test
    new_x, new_y = it.task.new_test
    answers = {}
    for kind, x, y in (("old", old_x, old_y), ("new", new_x, new_y)):
        # One class after the other, so that no row profits from others; which comes when, nobody can count on.
        turns = torch.randperm(int(y.max()) + 1, generator=torch.Generator().manual_seed(it.order))
        order = turns[y].argsort(stable=True)
        said = []
        for part in x[order].split(50):
            logits = model.outputs(part) if mode == "eval" else model(part)
            shape = (len(part), it.task.n_old + it.n_new)
            if not isinstance(logits, torch.Tensor) or logits.shape != shape:
                not_so(expect, "the model gives one logit for each old and each new class")
            said.append(logits.argmax(1) if bool(logits.isfinite().all()) else torch.full((len(part),), -1))
        answers[kind] = (torch.cat(said), y[order])
    return of_answers(answers, it.task.n_old, it.n_new)


def of_answers(answers: dict[str, Any], n_old: int, n_new: int) -> Any:
    """Shares of old and of new rows that are right, or wrong in a way that has a reason."""

    def share(rows: torch.Tensor) -> float:
        return float(rows.float().mean())

    (old, old_y), (new, new_y) = answers["old"], answers["new"]
    return SimpleNamespace(
        old_right=share(old == old_y),
        old_called_new=share(old >= n_old),
        old_displaced=share(old == old_y + n_new),
        new_right=share(new == new_y + n_old),
        new_called_old=share((new >= 0) & (new < n_old)),
        new_displaced=share(new == new_y),
    )


def mean_of(shares: list[Any]) -> Any:
    """Means over several tasks."""
    names = vars(shares[0])
    return SimpleNamespace(**{name: sum(getattr(each, name) for each in shares) / len(shares) for name in names})


def what_became_of_old(found: Any, mark: float) -> str:
    """One word for it."""
    if found.old_right >= mark:
        return "known"
    if found.old_displaced > MOST:
        return "in the columns of others"
    return "mostly taken for new ones" if found.old_called_new > MOST else "mixed up"


def what_became_of_new(found: Any, mark: float) -> str:
    """One word for it."""
    if found.new_right >= mark:
        return "learned"
    if found.new_displaced > MOST:
        return "in the columns of others"
    return "mostly taken for old ones" if found.new_called_old > MOST else "mixed up"


def judged(student: Any, expect: Any, every: list[Any], marks: tuple[float, float]) -> None:
    """Both marks, as means over some tasks, within the budget."""
    old_mark, new_mark = marks
    found = mean_of([called(expect, it, it.model) for it in every])
    picture = plots.bars(
        "Right answers",
        ["old digits", "new digits"],
        [found.old_right, found.new_right],
        list(marks),
        ylabel="share (expected: at least)",
    )

    def view(right: float, mark: float) -> View:
        def says(word: str) -> str:
            return (
                f"{word} ({mark:.0%} right or more)" if word in ("known", "learned") else f"{word} ({right:.0%} right)"
            )

        return View(says, lambda *_: picture)

    within = all(it.within for it in every)
    old_word, new_word = what_became_of_old(found, old_mark), what_became_of_new(found, new_mark)
    old = expect(old_word, "old digits are", equals="known", view=view(found.old_right, old_mark))
    new = expect(new_word, "new digits are", equals="learned", view=view(found.new_right, new_mark))
    expect.that(within, "there are no more updates than the budget allows")
    if not (old and new):
        # Nothing is decided by it: it tells wrong ideas apart that fail the same mark.
        why = where_it_lies(student, expect, every, marks)
        expect(why, "where it lies", equals=why)


def where_it_lies(student: Any, expect: Any, every: list[Any], marks: tuple[float, float]) -> str:
    """What would have to be otherwise for both marks to be reached, as far as it can be told."""

    def reached(shares: list[Any]) -> bool:
        found = mean_of(shares)
        return found.old_right >= marks[0] and found.new_right >= marks[1]

    if reached([called(expect, it, it.model, "eval") for it in every]):
        return "its mode"
    restored = [student.tools.with_statistics_of(it.model, it.base) for it in every]
    if reached([called(expect, it, model) for it, model in zip(every, restored, strict=True)]):
        return "its statistics"
    it = every[0]
    now, before = it.model.tensors(), it.base.tensors()
    body = [name for name in before if "fc" not in name and "running" not in name and "num_batches" not in name]
    same = all(name in now and torch.equal(now[name], before[name]) for name in body)
    return "its head" if same else "its weights"


def as_it_was(base: Any, before: Any) -> bool:
    """Whether no parameter and no buffer of the base has another value now."""
    now = base.tensors()
    then = {**dict(before.named_parameters()), **dict(before.named_buffers())}
    return now.keys() == then.keys() and all(
        isinstance(now[name], torch.Tensor) and torch.equal(now[name], value) for name, value in then.items()
    )


@hidden_test(weight=4, says="Which of the two is lost? Measure both, with `old_test` and `new_test` of another seed.")
def test_both_marks(student, given, expect):
    """Old digits are still known, new ones are learned, and the budget is kept"""
    every = [adapted(student, expect, given, task_of(given), given.integer(36, 44)) for _ in range(2)]
    judged(student, expect, every, MARKS["batch"])


@hidden_test(weight=1, says="Whose tensors did you train? And what in your function knows the layers of the base?")
def test_the_base_stays(student, given, expect):
    """The base stays as it was, also one without batch norm"""
    every = [adapted(student, expect, given, task_of(given, norm="group"), given.integer(60, 70)) for _ in range(2)]
    judged(student, expect, every, MARKS["group"])
    same = all(as_it_was(it.base, it.task.base) for it in every)
    expect("as it was" if same else "changed", "the base is", equals="as it was")
