"""A wrong answer costs its own points, also where a later one uses it that nobody asked to."""

from small_notebooks import RIGHT, assert_full, question

from grader.judging.carried_over import named_in

WRONG = {
    "no return": "def freeze(module):\n    for p in module.parameters():\n        p.requires_grad_(False)\n",
    "ends the process": "import os\ndef freeze(module):\n    os._exit(1)\n",
}
USES_FREEZE = """
class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.backbone, self.head = freeze(backbone), head

    def forward(self, x):
        self.backbone.eval()
        return self.head(self.backbone(x))
"""


def test_a_right_answer_that_uses_a_wrong_one_keeps_its_points(grade):
    result = grade(("freeze", WRONG["no return"]), ("frozen_backbone", USES_FREEZE))
    assert question(result, "freeze").points < question(result, "freeze").max_points
    assert_full(result, "frozen_backbone")
    assert any("sound freeze in place" in remark for remark in result.remarks)


def test_what_takes_the_process_down_is_not_the_later_answers_fault(grade):
    result = grade(("freeze", WRONG["ends the process"]), ("frozen_backbone", USES_FREEZE))
    assert_full(result, "frozen_backbone")


def test_a_wrong_later_answer_gains_nothing_by_it(grade):
    wrong = USES_FREEZE.replace("        self.backbone.eval()\n", "")
    with_right = question(grade(("freeze", RIGHT["freeze"]), ("frozen_backbone", wrong)), "frozen_backbone")
    assert 0 < with_right.points < with_right.max_points


def test_names_are_whole_and_only_those_that_have_a_sound_part():
    earlier = ["freeze", "replace_head", "no_such_part"]
    assert named_in("freeze(x); y = my_freeze(x); no_such_part()", earlier) == ["freeze"]
    assert named_in("tools.freeze(x); unfreeze(y); freeze_top(z)", earlier) == []
