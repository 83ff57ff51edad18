"""A classifier on a pretrained body: a new head, and everything that has to know the classes."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from transformers import AutoModelForSequenceClassification


def new_task_head(model: Any, labels: Sequence[str]) -> Any:
    """A text classifier for `labels` with the body of `model` and a new head, in eval mode; `model` stays as it is.

    Args:
        model: a language model or a classifier of transformers.
        labels: the names of the classes; the position of a name is the id of its class.
    """
    # 1. a config of its own: id2label, label2id (they decide num_labels), and the problem type
    # 2. a classifier with this config, in the precision of the model: AutoModelForSequenceClassification.from_config
    # 3. copy the weights of the body, model.base_model
    ### BEGIN SOLUTION
    config = copy.deepcopy(model.config)
    config.id2label = dict(enumerate(labels))
    config.label2id = {name: i for i, name in enumerate(labels)}
    config.problem_type = "single_label_classification"
    classifier = AutoModelForSequenceClassification.from_config(config).to(model.dtype)
    # Not strict: a language model has no pooler, so that the new one of BERT stays as random as the head.
    classifier.base_model.load_state_dict(model.base_model.state_dict(), strict=False)
    return classifier.eval()
    ### END SOLUTION
