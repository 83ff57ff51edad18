"""What each learner of the demo class gets, by the ids of the questions.

Full marks, no marks and misconceptions are what the answers were written for. Part marks are the shares of the hidden
tests that should pass, each looked at. Who has no answer to a question left it blank, so that a new question changes
nothing here.
"""

from grader.demo.classroom_files import answered
from grader.exercise.catalogue import load_exercise

Outcome = tuple[float, list[str]]
"""Points and the misconceptions that are named."""

FIRST, SECOND = "02_feature_extraction", "04_lora_from_scratch"
TUNING = "03_fine_tuning"
BEFORE = "00_before_the_workshop"
TRANSFER = "01_what_transfers"
EVALUATING = "07_evaluating_regimes"
ADAPTATION = "08_domain_adaptation"
PEFT = "05_lora_with_peft"
HEADS = "06_language_heads"
CLINIC = "10_negative_transfer"
FORGETTING = "09_catastrophic_forgetting"


def worth(exercise: str) -> dict[str, float]:
    """The points of each question."""
    return {question.id: question.points for question in load_exercise(exercise).questions}


def solved(exercise: str, **instead: Outcome) -> dict[str, Outcome]:
    """Full marks, but for the questions that are named: a file with the author's solutions, broken somewhere."""
    return {id: instead.get(id, (points, [])) for id, points in worth(exercise).items()}


def of(learner: str, exercise: str, **instead: Outcome) -> dict[str, Outcome]:
    """Full marks for each answer that the learner's file has, but for the questions that are named."""
    given = answered(learner, exercise)
    return {id: instead.get(id, (points if id in given else 0.0, [])) for id, points in worth(exercise).items()}


def lost(*questions: str) -> dict[str, Outcome]:
    """No points for these questions, and no misconception."""
    return {question: (0.0, []) for question in questions}


LEARNERS: dict[tuple[str, str], dict[str, Outcome]] = {
    ("ada", BEFORE): of("ada", BEFORE),
    ("giulia", BEFORE): of(
        "giulia",
        BEFORE,
        summarise=(0.4571, ["compared_with_is"]),
        kind_of=(0.3429, ["what_a_schedule_changes_is_a_parameter"]),
        read_metrics=(0.5714, ["one_of_the_classes"]),
        train_step=(0.0, ["recorded_by_autograd"]),
    ),
    ("nils", BEFORE): of(
        "nils",
        BEFORE,
        summarise=(0.0, ["list_as_default"]),
        count_parameters=(0.3556, ["kernel_not_squared"]),
        kind_of=(0.3429, ["all_that_is_saved_is_a_parameter"]),
        read_metrics=(0.5714, ["nothing_of_nothing_is_zero"]),
        train_step=(0.25, ["gradients_add_up"]),
    ),
    ("ada", FIRST): of("ada", FIRST),
    ("ada", SECOND): of("ada", SECOND),
    ("ada", TUNING): of("ada", TUNING),
    ("ada", TRANSFER): of("ada", TRANSFER),
    ("ada", EVALUATING): of("ada", EVALUATING),
    ("hiro", EVALUATING): of(
        "hiro",
        EVALUATING,
        evaluate=(1.4545, ["batches_count_the_same"]),
        paired_difference=(1.25, ["deviation_for_error"]),
    ),
    ("olga", EVALUATING): of(
        "olga",
        EVALUATING,
        evaluate=(1.6364, ["one_mode_for_all_parts"]),
        compare=(2.1, ["equal_steps"]),
        paired_difference=(1.25, ["normal_quantile"]),
        data_efficiency=(2.1, ["every_size_drawn_anew"]),
        audit=(3.0, ["steps_are_the_budget"]),
    ),
    ("ada", ADAPTATION): of("ada", ADAPTATION),
    ("ada", PEFT): of("ada", PEFT),
    ("ada", HEADS): of("ada", HEADS),
    ("ada", CLINIC): of("ada", CLINIC),
    ("olga", CLINIC): of(
        "olga",
        CLINIC,
        negative_transfer=(0.0, ["baseline_is_the_source"]),
        rank_sources=(0.2571, ["card_ignored"]),
    ),
    ("ada", FORGETTING): of("ada", FORGETTING),
    ("hiro", FORGETTING): of(
        "hiro",
        FORGETTING,
        forgetting=(0.0, ["from_the_diagonal"]),
        replay_loader=(1.2, ["share_of_the_set"]),
        anchor_penalty=(1.4, ["square_of_the_mean"]),
        adapt_without_forgetting=(0.0, ["new_digits_alone"]),
    ),
    ("ben", FIRST): of("ben", FIRST),
    ("ben", SECOND): of("ben", SECOND),
    ("carla", FIRST): of("carla", FIRST),
    ("deniz", SECOND): of("deniz", SECOND),
    ("mei", FIRST): of("mei", FIRST),
    ("mei", SECOND): of("mei", SECOND),
    ("mei", "10_negative_transfer"): of("mei", "10_negative_transfer"),
    ("Zoë O'Neil", FIRST): of("zoe", FIRST),
    ("Zoë O'Neil", SECOND): of("zoe", SECOND, merge=(3.0, ["subtracts_what_it_added"])),
    ("emeka", FIRST): of(
        "emeka",
        FIRST,
        freeze=(0.0, ["flag_on_the_module"]),
        replace_head=(1.4286, ["whole_classifier_replaced"]),
        extract_features=(1.8333, ["graph_kept"]),
    ),
    ("giulia", FIRST): of(
        "giulia", FIRST, freeze=(0.0, ["only_weights"]), frozen_backbone=(2.3077, ["everything_in_eval_mode"])
    ),
    ("giulia", SECOND): of("giulia", SECOND, merge=(0.0, ["branch_still_added"])),
    ("hiro", FIRST): of(
        "hiro",
        FIRST,
        replace_head=(1.7143, []),
        extract_features=(1.6667, ["left_in_eval_mode"]),
        prepare=(5.0, ["every_part_mirrored"]),
    ),
    ("nils", FIRST): of(
        "nils", FIRST, replace_head=(0.0, ["written_into_the_state_dict"]), extract_features=(1.0, ["in_train_mode"])
    ),
    ("nils", TRANSFER): of(
        "nils",
        TRANSFER,
        transfer_benefit=(1.0182, ["last_look_only"]),
        choose_technique=(1.1429, ["moments_forgotten"]),
        count_trainable=(0.7111, ["head_forgotten"]),
        order_steps=(1.0769, ["always_loaded_first"]),
        what_changes=(1.2923, ["buffers_stand_still"]),
    ),
    ("fatima", TRANSFER): of(
        "fatima",
        TRANSFER,
        transfer_benefit=(0.0, ["higher_is_always_better"]),
        choose_technique=(0.0, ["lora_always"]),
        order_steps=(0.0, ["as_they_came"]),
    ),
    ("nils", TUNING): of(
        "nils",
        TUNING,
        param_groups=(0.6857, ["any_name_with_head"]),
        fine_tune=(1.6, ["best_state_is_an_alias"]),
    ),
    ("nils", SECOND): of("nils", SECOND, lora_linear=(2.4615, ["both_random"]), merge=(3.5, ["merged_twice"])),
    ("nils", PEFT): of(
        "nils",
        PEFT,
        make_config=(0.7, ["names_of_a_tutorial"]),
        adapt_and_save=(0.56, ["head_unfrozen_by_hand"]),
        train_adapter=(0.0, ["optimizer_before_wrapping"]),
        deploy=(1.7455, ["tied_weight_merged"]),
        task_switcher=(0.0, ["never_switched"]),
    ),
    ("olga", PEFT): of(
        "olga",
        PEFT,
        make_config=(0.4667, ["head_frozen"]),
        train_adapter=(1.9636, ["eval_mode_all_along"]),
        deploy=(1.0909, ["adapted_model_used_up"]),
    ),
    ("nils", HEADS): of(
        "nils",
        HEADS,
        encode_batch=(0.0, ["mask_from_zeros"]),
        sentence_features=(1.4769, ["positions_count_the_padding"]),
        new_task_head=(1.8, ["names_left_out"]),
        make_regimes=(2.3077, ["scratch_is_pretrained"]),
    ),
    ("olga", HEADS): of(
        "olga",
        HEADS,
        sentence_features=(1.1077, ["last_position_of_the_batch"]),
        new_task_head=(2.0, ["config_is_shared"]),
    ),
    ("olga", FIRST): of(
        "olga",
        FIRST,
        replace_head=(1.7143, ["classifier_at_index_1"]),
        frozen_backbone=(0.4615, ["one_eval_before_the_loop"]),
        prepare=(3.5, ["statistics_of_all_pictures"]),
    ),
    ("olga", SECOND): of(
        "olga",
        SECOND,
        lora_linear=(0.0, ["plain_tensors"]),
        inject_lora=(2.7273, ["last_name_only"]),
        save_adapter=(0.0, ["not_injected"]),
    ),
    ("olga", ADAPTATION): of(
        "olga",
        ADAPTATION,
        adabn=(0.0, ["source_statistics_kept"]),
        grad_reverse=(1.2364, ["lam_twice"]),
        mlm_batch=(0.0, ["loss_on_every_token"]),
        diagnose_shift=(1.6667, ["drop_of_accuracy_alone"]),
    ),
    ("pablo", FIRST): of(
        "pablo", FIRST, replace_head=(1.7143, ["frozen_after_the_swap"]), extract_features=(0.0, ["logits_instead"])
    ),
    ("pablo", SECOND): of("pablo", SECOND, inject_lora=(0.2727, []), save_adapter=(3.9111, ["live_references"])),
    ("fatima", FIRST): of(
        "fatima",
        FIRST,
        freeze=(0.0, ["direct_children_only"]),
        replace_head=(0.0, ["in_features_hard_coded"]),
        frozen_backbone=(0.2308, ["momentum_zero"]),
        extract_features=(1.1667, ["labels_from_a_second_pass"]),
        prepare=(5.0, ["rows_split_not_plants"]),
    ),
    ("hiro", SECOND): of(
        "hiro",
        SECOND,
        lora_delta=(0.4, ["no_scale"]),
        lora_linear=(2.4615, ["both_zero"]),
        inject_lora=(0.0, ["top_level_only"]),
        save_adapter=(0.9778, ["head_missing"]),
    ),
    ("ines", SECOND): of(
        "ines",
        SECOND,
        lora_delta=(0.4, ["alpha_over_root_r"]),
        lora_linear=(2.7077, ["dropout_on_the_base"]),
        inject_lora=(0.8182, []),
        save_adapter=(0.0, ["scale_not_saved"]),
        merge=(1.5, ["subtracts_the_current_update"]),
    ),
    ("jonas", FIRST): of("jonas", FIRST, replace_head=(0.2857, []), **lost("frozen_backbone")),
    ("pablo", "10_negative_transfer"): of(
        "pablo",
        "10_negative_transfer",
        fix=(1.25, ["frozen_after_the_swap", "frozen_means_eval", "left_in_eval_mode"]),
        capstone=(3.5, ["no_licence_is_free"]),
    ),
    ("jonas", SECOND): of("jonas", SECOND),
    ("kwame", FIRST): of(
        "kwame",
        FIRST,
        replace_head=(1.7143, ["classifier_at_index_1"]),
        **lost("frozen_backbone", "extract_features", "prepare"),
    ),
    ("kwame", SECOND): of(
        "kwame",
        SECOND,
        inject_lora=(0.8182, []),
        merge=(0.0, ["merged_copy_that_is_not_merged"]),
        **lost("lora_delta", "lora_linear"),
    ),
    ("lena", FIRST): of(
        "lena",
        FIRST,
        freeze=(0.0, ["flag_on_the_module"]),
        replace_head=(0.0, ["stacked_on_the_old_logits"]),
        frozen_backbone=(2.3077, []),
        **lost("extract_features", "prepare"),
    ),
    ("lena", SECOND): of("lena", SECOND, lora_linear=(2.9538, ["always_float32"])),
    ("rita", FIRST): of(
        "rita", FIRST, extract_features=(1.8333, ["graph_kept"]), **lost("freeze", "replace_head", "prepare")
    ),
    ("rita", SECOND): of("rita", SECOND, lora_linear=(0.4923, ["bias_twice"]), **lost("lora_delta")),
    ("<script>alert(1)<", FIRST): of(
        "script",
        FIRST,
        extract_features=(0.3333, ["ragged_batch_dropped"]),
        prepare=(5.0, ["ids_of_each_part"]),
        **lost("replace_head"),
    ),
    ("format-3", FIRST): solved(FIRST),
    ("sixty-megabytes", FIRST): solved(FIRST),
    ("nothing-filled-in", FIRST): solved(
        FIRST, **lost("freeze", "replace_head", "frozen_backbone", "extract_features", "prepare")
    ),
    ("cell-deleted", FIRST): solved(FIRST, **lost("freeze")),
    ("cells-duplicated", FIRST): solved(FIRST),
    ("cell-moved", FIRST): solved(FIRST),
    ("metadata-lost", SECOND): solved(SECOND),
    ("syntax-error", FIRST): solved(FIRST, **lost("replace_head")),
    ("never-returns", FIRST): solved(FIRST, **lost("freeze")),
    ("os-exit", SECOND): solved(SECOND, **lost("lora_delta")),
    ("sys-exit", FIRST): solved(FIRST, **lost("freeze")),
    ("raises-on-import", FIRST): solved(FIRST, **lost("freeze")),
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
    ("cell-deleted", FIRST, "freeze"): "freeze is not defined: the notebook has no function or class of that name.",
    ("syntax-error", FIRST, "replace_head"): (
        "Python cannot read the cell (expected ':' in line 1). The line was: `def replace_head(model, n_classes)`."
    ),
    ("never-returns", FIRST, "freeze"): "There was no answer within",
    ("os-exit", SECOND, "lora_delta"): "Your answer ended the Python process before it gave a result",
    (
        "sys-exit",
        FIRST,
        "freeze",
    ): "Your answer called exit() instead of returning a value. The line was: `sys.exit(0)`.",
    ("raises-on-import", FIRST, "freeze"): "Your answer raised RuntimeError: this cell never worked for me.",
    ("nothing-filled-in", FIRST, "frozen_backbone"): "The blank of this question is still empty.",
    ("kwame", FIRST, "frozen_backbone"): "Your answer raised EOFError: input() waits for somebody to type",
    ("rita", FIRST, "freeze"): "Your answer raised ModuleNotFoundError: No module named 'tlcore.reference'.",
    ("rita", FIRST, "replace_head"): "Your answer raised FileNotFoundError",
    (
        "<script>alert(1)<",
        FIRST,
        "replace_head",
    ): "Your answer raised ValueError: <img src=x onerror=alert(1)> no layer <b>fc</b>",
    ("emeka", FIRST, "freeze"): (
        "Parameters that moved in three steps: expected inlet, outlet, head; observed inlet, backbone, outlet, head."
    ),
}
"""How the message of a question begins."""
