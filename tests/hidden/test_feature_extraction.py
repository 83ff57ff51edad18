"""The hidden tests of 02_feature_extraction: an answer that is no answer earns nothing."""

import copy
import re

import pytest
import torch
from torch import nn

from benchmarks.in_process import judge
from grader.authoring.answers import ANSWERS, files
from tlcore.misconceptions import misconceptions_of
from tlcore.misconceptions.feature_extraction.extract_features import graph_kept
from tlcore.reference.feature_extraction.extract_features import extract_features

EXERCISE = "02_feature_extraction"
QUESTIONS = {"freeze": 6, "replace_head": 6, "frozen_backbone": 6, "extract_features": 6, "prepare": 9}
"""How many misconceptions the curriculum asks of each, at least."""
FUNCTIONS = [question for question in QUESTIONS if question != "frozen_backbone"]
KEY = "tests"


@pytest.mark.parametrize("question", QUESTIONS)
def test_as_many_wrong_ideas_are_known_as_the_curriculum_asks(question):
    assert len(misconceptions_of("feature_extraction", question)) >= QUESTIONS[question]
    assert len(files(ANSWERS, "feature_extraction", question, "right")) >= 3


class ReturnsItsInput(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.backbone, self.head = backbone, head

    def forward(self, x):
        return x


class HeadOnly(ReturnsItsInput):
    def forward(self, x):
        return None


class WithoutModules:
    def __init__(self, backbone, head):
        self.backbone, self.head = backbone, head

    def __call__(self, x):
        return self.head(self.backbone(x))


CLASSES = [
    ReturnsItsInput,
    HeadOnly,
    WithoutModules,
    lambda backbone, head: head,
    lambda *args: None,
    lambda *args: "no",
]


@pytest.mark.parametrize("answer", CLASSES)
def test_what_is_no_frozen_backbone_scores_nothing(answer):
    _nothing(judge(EXERCISE, "frozen_backbone", {"FrozenBackbone": answer}, KEY))


def _nothing(verdict):
    assert verdict.points == 0
    assert verdict.status in ("failed", "error")
    for behaviour in verdict.behaviours:
        assert behaviour.points == 0
        assert _readable(behaviour.message), behaviour.message
    assert _readable(verdict.message), verdict.message


def _readable(message):
    """A sentence for a person: no addresses, no stack dumps, no whole tensors."""
    return bool(re.match(r"[A-Z].{15,900}[.?!]$", message, re.DOTALL)) and not re.search(
        r"0x[0-9a-f]{6}|Traceback|tensor\(|site-packages", message
    )


def graph_of_a_copy(model, loader):
    return graph_kept(copy.deepcopy(model), loader)


def graph_under_the_rows(model, loader):
    features, labels = graph_kept(model, loader)
    return list(features), labels


@pytest.mark.parametrize("answer", [graph_kept, graph_of_a_copy, graph_under_the_rows])
def test_a_graph_is_found_wherever_it_leads(answer):
    verdict = judge(EXERCISE, "extract_features", {"extract_features": answer}, KEY)
    assert [b.passed for b in verdict.behaviours] == [True, True, True, False, True, True]
    assert verdict.message.startswith("Not so: what was returned carries no graph for a backward pass.")


def in_inference_mode(model, loader):
    with torch.inference_mode():
        return extract_features(model, loader)


def rows_in_double_precision(model, loader):
    features, labels = extract_features(model, loader)
    return features.double().numpy(), labels.tolist()


@pytest.mark.parametrize("answer", [in_inference_mode, rows_in_double_precision])
def test_without_a_graph_any_kind_of_features_will_do(answer):
    assert judge(EXERCISE, "extract_features", {"extract_features": answer}, KEY).status == "passed"
