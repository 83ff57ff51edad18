"""What one answer sets is not left to the next."""

import pytest
from small_notebooks import RIGHT, SECOND, SPLITS, assert_full

STATE = {
    "dtype": "torch.set_default_dtype(torch.float64)",
    "device": "torch.set_default_device('meta')",
    "no gradients": "torch.set_grad_enabled(False)",
    "warnings are errors": "import warnings\nwarnings.simplefilter('error')",
    "NumPy's errors": "import numpy\nnumpy.seterr(all='raise')",
    "deterministic": "torch.use_deterministic_algorithms(True)",
    "seeds": "import random\ntorch.manual_seed(0); random.seed(0)\nrandom.seed = torch.manual_seed = lambda seed: None",
    "a working folder": "import os\nos.makedirs('elsewhere'); os.chdir('elsewhere')",
}


@pytest.mark.parametrize("state", STATE.values(), ids=STATE)
def test_what_one_answer_sets_is_not_left_to_the_next(grade, state):
    others = [(q, RIGHT[q]) for q in ("lora_linear", "inject_lora", "save_adapter", "merge")]
    result = grade(("lora_delta", f"{state}\n{RIGHT['lora_delta']}"), *others, exercise=SECOND)
    assert_full(result, "lora_linear", "inject_lora", "save_adapter", "merge")


def test_what_one_answer_does_to_a_library_is_not_left_to_the_next(grade):
    breaks = "nn.Linear.reset_parameters = nn.Conv2d.reset_parameters = lambda self: None\n"
    others = [(q, RIGHT[q]) for q in ("replace_head", "frozen_backbone")]
    assert_full(grade(("freeze", breaks + RIGHT["freeze"]), *others), "replace_head", "frozen_backbone")


def test_what_a_function_sets_when_it_is_called_is_not_left_to_the_next(grade):
    sets = RIGHT["freeze"].replace(
        "\n", "\n    torch.set_default_dtype(torch.float64); torch.set_grad_enabled(True)\n", 1
    )
    result = grade(("freeze", sets), ("replace_head", RIGHT["replace_head"]), SPLITS, ("prepare", RIGHT["prepare"]))
    assert_full(result, "replace_head", "prepare")


def test_a_class_that_extends_itself_costs_no_other_question(grade):
    between = "class LoRALinear(LoRALinear):\n    def scale(self):\n        return self.alpha / self.r"
    ids = ("lora_delta", "lora_linear", "inject_lora", "save_adapter", "merge")
    answers = [(q, RIGHT[q]) for q in ids]
    assert_full(grade(*answers[:2], between, *answers[2:], exercise=SECOND), *ids)
