"""Public check of `diagnose_shift`."""

from tlcore import plots
from tlcore.data import SHIFTS, shift_case

EACH = 5
"""Cases of a kind."""
HELP = {
    "none": "What would your procedure say of two halves of one data set? Is the domain classifier scored on new rows?",
    "covariate": "P(x) has changed, and other class proportions do not explain it.",
    "label": "P(x) has changed. What is left of it if the source is thinned out to the target's class proportions?",
    "concept": "P(x) is the same. What do the few labels say that the rows do not?",
}


def check(diagnose_shift, show):
    show.tried("five cases of each kind, 500 rows on each side, 100 labels of the target")
    hits, words = {}, set()
    for kind in SHIFTS:
        said = []
        for seed in range(EACH):
            case = shift_case(kind, 0.75, 10 + seed)
            few_x, few_y = case.target_x[:100], case.target_y[:100]
            said.append(diagnose_shift(case.x, case.y, case.target_x, few_x, few_y))
        words |= {word if isinstance(word, str) else type(word).__name__ for word in said}
        hits[kind] = sum(word == kind for word in said if isinstance(word, str))
    if not show.that(
        words <= set(SHIFTS),
        "each answer is one of the four words",
        f"Return 'none', 'covariate', 'label' or 'concept'. Yours were {', '.join(sorted(words))[:80]}.",
    ):
        return
    for kind in SHIFTS:
        show.that(hits[kind] >= 4, f"at least 4 of 5 cases of '{kind}' are named so", HELP[kind])
    show.picture(
        plots.bars("Cases named rightly, of five", list(SHIFTS), list(hits.values()), [EACH] * 4, ylabel="cases")
    )

    show.tried("five cases of covariate and of concept shift, without labels of the target")
    said = {}
    for kind in ("covariate", "concept"):
        said[kind] = []
        for seed in range(EACH):
            case = shift_case(kind, 0.75, 20 + seed)
            answer = diagnose_shift(case.x, case.y, case.target_x, case.target_x[:0], case.target_y[:0])
            said[kind].append(str(answer))
    still = said["covariate"].count("covariate") >= 4
    show.that(still, "covariate shift is still named", "It takes no labels to see it.")
    show.that(
        said["concept"].count("none") >= 4,
        "concept shift is called 'none'",
        "P(x) is the same, and there is nothing else to look at: nobody could tell.",
    )
    show.untried("other numbers of rows, columns and classes, a larger source than target, and many more cases")
