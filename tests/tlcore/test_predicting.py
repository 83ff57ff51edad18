"""A prediction is kept, cannot be changed, and nothing is shown without one."""

import torch

from tlcore.predicting import Prediction, changed_keys

KEYS = ["body.weight", "body.bias", "head.weight"]


def never() -> tuple[list[str], set[str]]:
    raise AssertionError("it ran before there was a prediction")


def test_nothing_runs_before_a_prediction(capsys) -> None:
    bet = Prediction("a frozen body")
    bet.reveal(never)
    bet.commit(...)  # type: ignore[arg-type]
    bet.reveal(never)
    said = capsys.readouterr().out
    assert said.count("nothing is shown before") == 2 and "three dots" in said


def test_a_prediction_is_compared_with_what_changed(capsys) -> None:
    bet = Prediction("a frozen body")
    bet.commit({"body.*"})
    bet.reveal(lambda: (KEYS, {"body.bias", "head.weight"}))
    said = capsys.readouterr().out
    assert "right about 1 of 3 keys" in said
    assert "you did not say so: head.weight" in said and "did not change: body.weight" in said


def test_several_texts_and_lists_are_one_prediction(capsys) -> None:
    for said in (("body.weight", "body.bias"), (["body.weight", "body.bias"],), (["body.weight"], "*.bias")):
        bet = Prediction("a frozen head")
        bet.commit(*said)
        bet.reveal(lambda: (KEYS, {"body.bias", "body.weight"}))
        assert "right about 3 of 3" in capsys.readouterr().out


def test_a_pattern_that_is_no_key_is_said(capsys) -> None:
    bet = Prediction("a frozen body")
    bet.commit("head.*", "fc.*")
    bet.reveal(lambda: (KEYS, {"head.weight"}))
    assert "no key is called so: fc.*" in capsys.readouterr().out


def test_a_second_commitment_is_refused(capsys) -> None:
    bet = Prediction("a frozen body")
    bet.commit("head.weight")
    digest = bet.digest
    bet.commit({"body.*"})
    assert "committed already" in capsys.readouterr().out and bet.digest == digest
    bet.reveal(lambda: (KEYS, {"head.weight"}))
    assert "right about 3 of 3" in capsys.readouterr().out


def test_the_hash_is_salted_and_tells_nothing() -> None:
    digests = set()
    for _ in range(20):
        bet = Prediction("a frozen body")
        bet.commit({"head.weight"})
        digests.add(bet.digest)
    assert len(digests) == 20


def test_changed_keys_are_those_with_other_numbers() -> None:
    before = {"a": torch.zeros(2), "b": torch.zeros(2)}
    assert changed_keys(before, {"a": torch.zeros(2), "b": torch.tensor([0.0, 1e-30])}) == {"b"}
