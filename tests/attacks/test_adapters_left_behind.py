"""Adapters that are small because the rest stays behind, in the process that saved them."""

import pytest
from arena import Arena, exercise_with

from grader.authoring.notebook import build_notebook, fill

LOADS_WHAT_MATTERS = """
def load_adapter(model, adapter):
    trained = recalled(adapter)
    for path, layer in list(trained.named_modules()):
        if isinstance(layer, LoRALinear) or path == trained.its_head:
            model.set_submodule(path, layer)
    return model
"""
SAVES_ALL = """
import copy, os, pickle, sys, tempfile
kept = []
def save_adapter(model, head="head"):
    model = copy.deepcopy(model)
    model.its_head = head
    kept.append(model)
"""
IN_A_VARIABLE = SAVES_ALL + "    return len(kept) - 1\ndef recalled(adapter):\n    return kept[adapter]\n"
IN_A_FILE = (
    SAVES_ALL
    + """    name = f"{len(kept)}.hidden"
    with open(os.path.join(tempfile.gettempdir(), name), "wb") as file:
        pickle.dump(model, file)
    return name.encode()
def recalled(adapter):
    with open(os.path.join(tempfile.gettempdir(), adapter.decode()), "rb") as file:
        return pickle.load(file)
"""
)
BY_LYING_ABOUT_ITS_SIZE = (
    SAVES_ALL
    + """    return model
def recalled(adapter):
    return adapter
for module in list(sys.modules.values()):
    known = getattr(module, "TOOLS", None)
    if isinstance(known, dict) and "packed" in known:
        known["packed"] = lambda value, whole=known["packed"]: whole(value)[:100]
        known["unpacked"] = lambda data: kept[-1]
"""
)


@pytest.mark.parametrize("saving", [IN_A_VARIABLE, IN_A_FILE, BY_LYING_ABOUT_ITS_SIZE])
def test_what_stays_behind_was_not_saved(arena: Arena, saving: str) -> None:
    exercise = exercise_with("save_adapter")
    answers = {q.id: q.answer_source for q in exercise.questions} | {"save_adapter": saving + LOADS_WHAT_MATTERS}
    record = arena.grade_source("save_adapter", fill(build_notebook(exercise), answers)).record
    behaviours = {b.name.split(":")[0]: b.passed for b in record.questions[0].behaviours}
    assert behaviours.pop("The adapter is small") is False
    # In one process there is no telling where an adapter is: what it is for, it does.
    assert next(passed for name, passed in behaviours.items() if name.startswith("Loaded into a fresh base"))


def test_an_adapter_that_holds_what_it_should_is_small(arena: Arena) -> None:
    record = arena.honest("save_adapter").record
    assert record.points == record.max_points, record.questions[0].message
