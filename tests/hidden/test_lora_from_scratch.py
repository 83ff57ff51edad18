"""The questions of 04_lora_from_scratch: deaf to trivial answers, and forgiving of earlier mistakes."""

from pathlib import Path

import pytest
import torch
from torch import nn

from grader.authoring.answers import surroundings
from grader.exercise.catalogue import load_exercise
from grader.judging.answer_key import AnswerKey
from grader.judging.stand_ins import STAND_INS
from grader.judging.verdict import verdict
from tlcore.misconceptions import misconceptions_of
from tlcore.misconceptions.lora_from_scratch.lora_linear import base_learns_too, scale_forgotten
from tlcore.reference.lora_from_scratch.inject_lora import inject_lora
from tlcore.reference.lora_from_scratch.lora_delta import lora_delta
from tlcore.reference.lora_from_scratch.lora_linear import LoRALinear
from tlcore.reference.lora_from_scratch.merge import merge
from tlcore.reference.lora_from_scratch.save_adapter import save_adapter

NAME = "04_lora_from_scratch"
QUESTIONS = ("lora_delta", "lora_linear", "inject_lora", "save_adapter", "merge")
KEY = AnswerKey(NAME, "a course of its own")
ANSWERS = Path(__file__).parents[1] / "answers" / "lora_from_scratch"


@pytest.mark.parametrize("question", QUESTIONS)
def test_five_wrong_ideas_and_three_right_answers_are_known(question):
    assert len(misconceptions_of("lora_from_scratch", question)) >= 5
    assert len(list((ANSWERS / question).glob("right_*.py"))) >= 3


def judged(question, names):
    return verdict(KEY, load_exercise(NAME).question(question), KEY.ask(question, {**KEY.reference_names, **names}))


class OnlyTheBase(nn.Module):
    """A LoRALinear without LoRA."""

    def __init__(self, base, *others):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.merged = False

    def forward(self, x):
        return self.base(x)


def test_a_layer_without_an_update_scores_nothing():
    assert judged("lora_linear", {"LoRALinear": OnlyTheBase}).points == 0


def test_handing_over_the_model_itself_is_not_saving_an_adapter():
    names = {"save_adapter": lambda model, head: model, "load_adapter": lambda model, adapter: adapter}
    assert judged("save_adapter", names).points == 0


def test_a_stand_in_does_not_answer_the_question_it_stands_in_for():
    assert judged("lora_linear", {"LoRALinear": STAND_INS["LoRALinear"]}).points == 0
    assert judged("inject_lora", {"inject_lora": STAND_INS["inject_lora"]}).status == "partial"


def notebook_with(answers, **replaced):
    """The names of a notebook with these answers, some names replaced afterwards as the judge does."""
    names = {**surroundings("lora_from_scratch"), "__name__": "__main__"}
    for source in answers:
        exec(compile(source, "<answer>", "exec"), names)
    names.update(replaced)
    return names


def later_answers():
    exercise = load_exercise(NAME)
    for question, earlier in (
        ("lora_linear", ["lora_delta"]),
        ("inject_lora", ["lora_delta", "lora_linear"]),
        ("save_adapter", ["lora_delta", "lora_linear", "inject_lora"]),
        ("merge", ["lora_delta", "lora_linear"]),
    ):
        before = [exercise.question(q).answer_source for q in earlier]
        yield pytest.param(question, [*before, exercise.question(question).answer_source], id=f"{question}-solution")
        for path in sorted((ANSWERS / question).glob("right_*.py")):
            source = path.read_text(encoding="utf-8")
            # A layer class of one's own, with names of its own, is judged as it is: no stand-in can know the names.
            if "class LoRALinear" not in source or question == "lora_linear":
                yield pytest.param(question, [*before, source], id=f"{question}-{path.stem}")


@pytest.mark.parametrize(("question", "answers"), list(later_answers()))
def test_right_answers_pass_with_stand_ins_in_the_place_of_earlier_ones(question, answers):
    needed = {name for test in KEY.tests[question] for name in test.stand_ins}
    names = notebook_with(answers, **{name: STAND_INS[name] for name in needed})
    assert judged(question, names).status == "passed"


def test_each_wrong_layer_leaves_later_questions_unharmed_by_its_stand_in():
    exercise = load_exercise(NAME)
    injecting = exercise.question("inject_lora").answer_source
    for layer in (scale_forgotten, base_learns_too, OnlyTheBase):
        assert judged("inject_lora", notebook_with([injecting], LoRALinear=layer)).status != "passed"
        again = notebook_with([injecting], LoRALinear=STAND_INS["LoRALinear"])
        assert judged("inject_lora", again).status == "passed"


def test_the_stand_ins_agree_with_the_reference():
    torch.manual_seed(0)
    a, b, x = torch.randn(3, 5), torch.randn(7, 3), torch.randn(4, 5)
    assert torch.allclose(STAND_INS["lora_delta"](a, b, 8.0), lora_delta(a, b, 8.0), atol=1e-6)
    base = nn.Linear(5, 7)
    layers = [kind(base, 3, 8.0) for kind in (STAND_INS["LoRALinear"], LoRALinear)]
    for layer in layers:
        assert torch.equal(layer(x), base(x))
        layer.A.data, layer.B.data = a, b
    one, other = (layer(x) for layer in layers)
    assert torch.allclose(one, other, atol=1e-5)
    merge(layers[0])
    assert torch.allclose(layers[0](x), other, atol=1e-5)
    with pytest.raises(ValueError, match="dropout"):
        STAND_INS["LoRALinear"](base, 3, 8.0, 0.1)


@pytest.mark.parametrize("second", [None, (3, 8.0), (2, 4.0)], ids=["none", "another rank", "another alpha"])
def test_the_reference_saves_adapters_of_one_rank_and_alpha_only(second):
    model = nn.ModuleDict({"q": nn.Linear(5, 5), "v": nn.Linear(5, 5), "head": nn.Linear(5, 2)})
    if second is not None:
        inject_lora(model, ["q"], 2, 8.0)
        inject_lora(model, ["v"], *second)
    with pytest.raises(ValueError, match=r"one \(r, alpha\); found \["):
        save_adapter(model)
