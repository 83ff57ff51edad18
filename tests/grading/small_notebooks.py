"""Small notebooks as learners hand them in, and the whole way from their files to their results."""

from __future__ import annotations

import json

from grader.exercise.catalogue import load_exercise

FIRST, SECOND = "02_feature_extraction", "04_lora_from_scratch"
HANDED_OUT = {name: [c.source for c in load_exercise(name).cells if c.role == "code"] for name in (FIRST, SECOND)}
IMPORTS = {name: sources[0] for name, sources in HANDED_OUT.items()}
SPLITS = next(source for source in HANDED_OUT[FIRST] if "class Splits" in source)
RIGHT = {q.id: q.answer_source for name in (FIRST, SECOND) for q in load_exercise(name).questions}
JUDGED_SO = "as Jupyter runs a notebook"


def cell(source, question=None, kind="code"):
    metadata = {"nbgrader": {"grade_id": question, "solution": True}} if question else {}
    return {"cell_type": kind, "source": source, "metadata": metadata, "outputs": [], "execution_count": None}


def notebook(*cells):
    """A notebook of cells in order; a text is a cell of the learner's own, a pair is (question, answer)."""
    made = [cell(c) if isinstance(c, str) else cell(c[1], c[0]) for c in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}).encode()


def question(result, id):
    return next(q for q in result.questions if q.id == id)


def assert_full(result, *ids):
    for id in ids:
        one = question(result, id)
        assert (one.points, one.status) == (one.max_points, "passed"), (id, one.message, one.misconceptions)


FREEZE = "def freeze(module):\n    for p in module.parameters():\n        p.requires_grad_({})\n    return module\n"
OFF = "def freeze(module):\n    off(module)\n    return module\n"
TURNS_OFF = "def off(module):\n    for p in module.parameters():\n        p.requires_grad_(False)\n"
BELOW = FREEZE.format("False")
