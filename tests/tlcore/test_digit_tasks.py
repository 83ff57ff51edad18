"""Old digits and new ones: what the last question of notebook 09 is about."""

import pytest
import torch

from tlcore.pretraining.digit_tasks import GREY, HELD_OUT, digit_tasks
from tlcore.training import accuracy


def test_a_task_has_what_it_says() -> None:
    task = digit_tasks(3, n_old=5, n_new=3, per_old=4, per_new=7)
    assert task.n_old == 5 and task.base.fc.out_features == 5
    assert len(set(task.names)) == 8
    assert task.buffer[1].bincount().tolist() == [4] * 5
    assert task.target[1].bincount().tolist() == [7] * 3
    assert len(task.old_test[1]) == HELD_OUT
    assert float(task.new_test[0].min()) == pytest.approx(GREY), "the new digits are on grey paper"
    assert float(task.old_test[0].min()) < 0.001


def test_the_base_knows_the_old_digits() -> None:
    for norm in ("batch", "group"):
        task = digit_tasks(4, norm=norm)
        assert not task.base.training
        assert accuracy(task.base, task.old_test) > 0.93


def test_no_old_test_picture_was_trained_on() -> None:
    task = digit_tasks(3, n_old=5, n_new=3, per_old=4, per_new=7)
    tested = {picture.numpy().tobytes() for picture in task.old_test[0]}
    assert not tested & {picture.numpy().tobytes() for picture in task.buffer[0]}


def test_the_seed_decides_and_nobody_elses_random_numbers_change() -> None:
    torch.manual_seed(0)
    wanted = torch.rand(1)
    torch.manual_seed(0)
    task = digit_tasks(11, n_old=2, n_new=2)
    assert torch.equal(torch.rand(1), wanted)
    digit_tasks.cache_clear()
    again = digit_tasks(11, n_old=2, n_new=2)
    assert again is not task
    assert torch.equal(again.base.fc.weight, task.base.fc.weight)
    assert torch.equal(again.target[0], task.target[0])


def test_there_are_ten_digits() -> None:
    with pytest.raises(ValueError, match="ten digits"):
        digit_tasks(0, n_old=7, n_new=4)
