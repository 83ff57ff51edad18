"""A class for the tests of results and pages: right, half-right, wrong, broken, not graded, and hostile."""

from typing import Any

from grader.results import SubmissionResult
from tlcore import plots

FIRST, SECOND = "02_feature_extraction", "04_lora_from_scratch"

# What a learner may write to get out of a page, a terminal or a spreadsheet.
HOSTILE = (
    "</pre></style></script><script>alert(1)</script><img src=x onerror=alert(2)>"
    "\" onmouseover='alert(3)' {{ 7*7 }} "
    "\x1b[31mred\x1b[0m \u202eevil\u202c \x00\x07 https://example.org/x.js \ud800 &amp;"
)
NAMES = [
    "anna",
    "../x",
    "Zoë O'Neil",
    "<script>alert(1)</script>",
    "\u202egnp.exe",
    '=HYPERLINK("http://example.org")',
    "",
    "x" * 300,
    "李雷",
    "Anna",
]


def layers(moved: float = 0.4) -> dict[str, Any]:
    """The picture of the question `freeze`, for an answer whose frozen layers moved by `moved`."""
    names = ["stem", "stage 1", "stage 2", "head"]
    return plots.layers(
        "Which layers moved in three steps",
        names,
        {"trainable": [True, True, True, True], "moved": [moved, moved, moved, 0.9]},
        {"trainable": [False, False, False, True], "moved": [0.0, 0.0, 0.0, 0.9]},
        caption="Yours above, expected below.",
    )


def behaviour(name: str, passed: bool, **more: Any) -> dict[str, Any]:
    return {"name": name, "passed": passed, "points": 1.0 if passed else 0.0, "max_points": 1.0, **more}


def question(id: str, title: str, behaviours: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    points = sum(each["points"] for each in behaviours)
    most = sum(each["max_points"] for each in behaviours)
    status = "passed" if points == most else "partial" if points else "failed"
    return {
        "id": id,
        "title": title,
        "minutes": 5 * most,
        "objectives": ["O2", "O3V"],
        "points": points,
        "max_points": most,
        "status": status,
        "behaviours": behaviours,
        **more,
    }


def solved() -> list[dict[str, Any]]:
    return [
        question(
            "freeze",
            "Freeze",
            [
                behaviour("frozen layers stay put while the rest learns", True, picture=layers(0.0)),
                behaviour("gradients still reach what lies before", True),
            ],
            message="The frozen layers stayed as they were, and the rest learned.",
        ),
        question("replace_head", "Replace the head", [behaviour("the new head has one output a class", True)]),
    ]


def half() -> list[dict[str, Any]]:
    questions = solved()
    questions[0] = question(
        "freeze",
        "Freeze",
        [
            behaviour(
                "frozen layers stay put while the rest learns",
                False,
                message="After three steps of training, `stage 1` had moved by 0.4.",
                observed="stem moved by 0.4\nstage 1 moved by 0.4\nstage 2 moved by 0.4",
                expected="stem moved by 0\nstage 1 moved by 0\nstage 2 moved by 0",
                picture=layers(),
            ),
            behaviour("gradients still reach what lies before", True),
        ],
        message="Your function set `requires_grad` on the module, and training moved every layer all the same.",
        misconceptions=["flag_on_the_module"],
        advice=[
            {
                "misconception": "flag_on_the_module",
                "asks": "What does the optimizer hold: the module, or its parameters?",
            }
        ],
    )
    return questions


def wrong(text: str = "None") -> list[dict[str, Any]]:
    picture = {
        "kind": "bars",
        "title": text,
        "labels": [text],
        "yours": [float("nan")],
        "expected": [1],
        "caption": text,
    }
    return [
        question(
            "freeze",
            "Freeze",
            [
                behaviour(
                    "frozen layers stay put",
                    False,
                    message=text,
                    observed=text * 9,
                    expected="a module",
                    picture=picture,
                )
            ],
            status="error",
            message=f"Your cell stopped: {text}",
        ),
        question(
            "replace_head",
            "Replace the head",
            [behaviour("the new head", False, observed=text, picture={"kind": text, "deep": [[1, None]]})],
            message=text,
        ),
    ]


def submission(learner: str, questions: list[dict[str, Any]], exercise: str = FIRST, **more: Any) -> SubmissionResult:
    data = {
        "package": "0.1.0",
        "isolation": "full",
        "learner": learner,
        "exercise": exercise,
        "status": "graded",
        "reason": None,
        "points": sum(each["points"] for each in questions),
        "max_points": sum(each["max_points"] for each in questions),
        "seed": "9f86d081884c7d65",
        "digest": "ab" * 32,
        "seconds": 1.2,
        "cpu_seconds": 0.4,
        "answer_seconds": 0.3,
        "remarks": [],
        "questions": questions,
    }
    return SubmissionResult.from_dict({**data, **more})


def not_graded(learner: str, reason: str, exercise: str = FIRST) -> SubmissionResult:
    return submission(learner, [], exercise, status="not_graded", reason=reason, points=0.0, max_points=3.0)


def lora(points: float) -> list[dict[str, Any]]:
    got = behaviour("the update is B A, scaled by alpha / r", points > 0)
    return [question("lora_delta", "LoRA's update", [got], objectives=["O2", "O3"])]


def sample_class() -> list[SubmissionResult]:
    """One submission or more for each of NAMES."""
    anna, up, zoe, script, rtl, formula, empty, long, lei, other_anna = NAMES
    return [
        submission(anna, solved()),
        submission(anna, lora(1.0), SECOND),
        submission(
            up, half(), remarks=["The answer cell `freeze` had lost its metadata; it was found by its function."]
        ),
        submission(zoe, half()),
        not_graded(zoe, "The notebook is not JSON: it ends in the middle of line 12.", SECOND),
        submission(script, wrong(HOSTILE), remarks=[HOSTILE]),
        not_graded(rtl, HOSTILE, HOSTILE),
        submission(formula, wrong(), isolation="reduced"),
        submission(formula, lora(0.0), SECOND),
        not_graded(empty, "The notebook could not be read: it is an empty file."),
        submission(long, half()),
        submission(lei, solved()),
        submission(other_anna, wrong("y" * 100_000)),
    ]
