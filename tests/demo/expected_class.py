"""What each learner of the demo class gets.

Full marks, no marks and misconceptions are what the answers were written for. Part marks are the shares of the hidden
tests that should pass, each looked at.
"""

# (points, misconceptions named) of each question, in the order of the exercise.
Outcome = tuple[float, list[str]]

FIRST = "02_feature_extraction"  # freeze, replace_head, frozen_backbone, extract_features, prepare
SECOND = "04_lora_from_scratch"  # lora_delta, lora_linear, inject_lora, save_adapter, merge
WORTH = {FIRST: [2.0, 1.6, 1.8, 1.6, 2.0], SECOND: [1.6, 2.6, 2.4, 2.0, 2.4]}


def right(exercise: str, **instead: Outcome) -> list[Outcome]:
    """Full marks, but for the questions named `q1` to `q5`."""
    outcomes: list[Outcome] = [(points, []) for points in WORTH[exercise]]
    for name, outcome in instead.items():
        outcomes[int(name[1]) - 1] = outcome
    return outcomes


def lost(*questions: int) -> dict[str, Outcome]:
    """No points for these questions, and no misconception."""
    return {f"q{number}": (0.0, []) for number in questions}


LEARNERS: dict[tuple[str, str], list[Outcome]] = {
    # All right, by ways that have little in common.
    ("ada", FIRST): right(FIRST),
    ("ada", SECOND): right(SECOND),
    ("ben", FIRST): right(FIRST),
    ("ben", SECOND): right(SECOND),
    ("carla", FIRST): right(FIRST),
    ("deniz", SECOND): right(SECOND),
    ("mei", FIRST): right(FIRST),
    ("mei", SECOND): right(SECOND),
    ("Zoë O'Neil", FIRST): right(FIRST),
    # One wrong idea or two.
    ("Zoë O'Neil", SECOND): right(SECOND, q5=(1.6, ["subtracts_what_it_added"])),
    ("emeka", FIRST): right(FIRST, q1=(0.0, ["flag_on_the_module"]), q2=(1.28, ["whole_classifier_replaced"])),
    ("giulia", FIRST): right(FIRST, q1=(0.0, ["only_weights"]), q3=(1.575, ["everything_in_eval_mode"])),
    ("giulia", SECOND): right(SECOND, q5=(0.0, ["branch_still_added"])),
    ("hiro", FIRST): right(FIRST, q4=(1.2, ["left_in_eval_mode"]), q5=(1.6, ["every_part_mirrored"])),
    ("nils", FIRST): right(FIRST, q2=(0.0, ["written_into_the_state_dict"]), q4=(0.8, ["in_train_mode"])),
    ("nils", SECOND): right(SECOND, q2=(2.08, ["both_random"]), q5=(2.0, ["merged_twice"])),
    ("olga", FIRST): right(FIRST, q3=(0.225, ["one_eval_before_the_loop"]), q5=(1.2, ["statistics_of_all_pictures"])),
    ("olga", SECOND): right(SECOND, q2=(0.0, ["plain_tensors"]), q4=(0.0, ["not_injected"])),
    ("pablo", FIRST): right(FIRST, q2=(1.28, ["frozen_after_the_swap"]), q4=(0.0, ["logits_instead"])),
    ("pablo", SECOND): right(SECOND, q3=(0.48, []), q4=(1.6, ["live_references"])),
    # Much to learn.
    ("fatima", FIRST): [
        (0.0, ["direct_children_only"]),
        (0.0, ["in_features_hard_coded"]),
        (0.0, ["momentum_zero"]),
        (1.0, ["labels_from_a_second_pass"]),
        (1.6, ["rows_split_not_plants"]),
    ],
    ("hiro", SECOND): [
        (0.5333, ["no_scale"]),
        (2.08, ["both_zero"]),
        (0.0, ["top_level_only"]),
        (1.2, ["head_missing"]),
        (2.4, []),
    ],
    ("ines", SECOND): [
        (0.5333, ["alpha_over_root_r"]),
        (2.08, ["dropout_on_the_base"]),
        (1.44, []),  # with another wrong idea at work in her own layer, this one is not recognised
        (0.0, ["scale_not_saved"]),
        (1.2, ["subtracts_the_current_update"]),
    ],
    # Half-finished.
    ("jonas", FIRST): right(FIRST, q2=(0.32, []), **lost(3, 4, 5)),
    ("jonas", SECOND): right(SECOND, **lost(2, 3, 4, 5)),
    # A million lines, stderr, input(), None, a text; a wrong shape, NaN, None for a list, a path, a tensor for a layer.
    ("kwame", FIRST): right(FIRST, **lost(3, 4, 5)),
    ("kwame", SECOND): right(SECOND, q3=(0.96, []), **lost(1, 2, 5)),
    # The other way round, pictures of NaN; a harmless subclass of a tensor.
    ("lena", FIRST): [
        (0.0, ["flag_on_the_module"]),
        (0.0, ["stacked_on_the_old_logits"]),
        (1.575, []),
        (0.0, []),
        (0.0, []),
    ],
    ("lena", SECOND): right(SECOND, q2=(2.34, ["always_float32"]), **lost(3, 4, 5)),
    # Looks for the solutions; objects and tensors that equal everything.
    ("rita", FIRST): right(FIRST, q4=(1.4, ["graph_kept"]), **lost(1, 2, 5)),
    ("rita", SECOND): right(SECOND, q2=(0.0, ["bias_twice"]), **lost(1, 3, 4, 5)),
    ("<script>alert(1)<", FIRST): right(
        FIRST, q4=(0.4, ["ragged_batch_dropped"]), q5=(1.6, ["ids_of_each_part"]), **lost(2)
    ),
    # Broken files, otherwise solved.
    ("format-3", FIRST): right(FIRST),
    ("sixty-megabytes", FIRST): right(FIRST),
    ("nothing-filled-in", FIRST): right(FIRST, **lost(1, 2, 3, 4, 5)),
    ("cell-deleted", FIRST): right(FIRST, **lost(1)),
    ("cells-duplicated", FIRST): right(FIRST),
    ("cell-moved", FIRST): right(FIRST),
    ("metadata-lost", SECOND): right(SECOND),
    ("syntax-error", FIRST): right(FIRST, **lost(2)),
    ("never-returns", FIRST): right(FIRST, **lost(1)),
    ("os-exit", SECOND): right(SECOND, q1=(0.0, []), q5=(2.4, [])),
    ("sys-exit", FIRST): right(FIRST, **lost(1)),
    ("raises-on-import", FIRST): right(FIRST, **lost(1)),
}

REASONS = {
    ("not-json", FIRST): "the file is not a notebook (not JSON): open it in Jupyter, save it and hand it in again",
    ("empty-file", SECOND): "the file is empty: was it saved before it was handed in?",
    ("link-to-a-neighbour", FIRST): "the file is a symbolic link, which is not followed: hand in the notebook itself",
    ("two-notebooks", FIRST): "there are 2 notebooks for 02_feature_extraction",
    ("unknown-exercise", "11_quantum_transfer"): "there is no exercise called 11_quantum_transfer",
}
"""Why a submission could not be graded: how its reason begins."""

REMARKS = {
    ("format-3", FIRST): ["the notebook was in the old format 3, and was converted"],
    ("cell-deleted", FIRST): ["answer cell 'freeze' is missing, and no other cell defines freeze"],
    ("cells-duplicated", FIRST): ["there are 2 answer cells 'freeze': the last one that is filled counts"],
    ("metadata-lost", SECOND): [
        f"answer cell '{question}' had lost its metadata; its answer was found by the name it defines"
        for question in ("lora_delta", "lora_linear", "inject_lora", "save_adapter", "merge")
    ],
}

MESSAGES = {
    ("cell-deleted", FIRST, 1): "freeze is not defined: the notebook has no function or class of that name.",
    ("syntax-error", FIRST, 2): (
        "Python cannot read the cell (expected ':' in line 1). The line was: `def replace_head(model, n_classes)`."
    ),
    ("never-returns", FIRST, 1): "There was no answer within",
    ("os-exit", SECOND, 1): "Your answer ended the Python process before it gave a result",
    ("sys-exit", FIRST, 1): "Your answer called exit() instead of returning a value. The line was: `sys.exit(0)`.",
    ("raises-on-import", FIRST, 1): "Your answer raised RuntimeError: this cell never worked for me.",
    ("nothing-filled-in", FIRST, 3): "The blank of this question is still empty.",
    ("kwame", FIRST, 3): "Your answer raised EOFError: input() waits for somebody to type",
    ("rita", FIRST, 1): "Your answer raised ModuleNotFoundError: No module named 'tlcore.reference'.",
    ("rita", FIRST, 2): "Your answer raised FileNotFoundError",
    ("<script>alert(1)<", FIRST, 2): "Your answer raised ValueError: <img src=x onerror=alert(1)> no layer <b>fc</b>",
    ("emeka", FIRST, 1): (
        "Parameters that moved in three steps: expected inlet, outlet, head; observed inlet, backbone, outlet, head."
    ),
}
"""How the message of a question begins."""
