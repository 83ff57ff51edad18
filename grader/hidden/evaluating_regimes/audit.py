"""Hidden tests of `audit`: nine reports for each group of flaws. A false alarm costs as much as a missed flaw."""

from __future__ import annotations

from typing import Any

from grader.hidden.evaluating_regimes.setups import CODES, GROUPS, drafts
from grader.hidden.evaluating_regimes.setups_crowded import crowded
from grader.hidden.registry import hidden_test
from grader.student.views import View


def found_in(student: Any, report: dict[str, Any], codes: tuple[str, ...]) -> list[str]:
    """The findings with these codes, and those with a code that does not exist."""
    pairs = [(str(code), str(field)) for code, field in student.audit(report)]
    return sorted({f"{code} at {field}" for code, field in pairs if code in codes or code not in CODES})


def listed(found: list[str]) -> str:
    """Findings in words."""
    return ", ".join(found) or "nothing"


def audited(student: Any, given: Any, expect: Any, group: str) -> None:
    """What is found in nine reports, against what was planted."""
    for number, draft in enumerate(drafts(given, group), 1):
        truth = sorted(f"{code} at {field}" for code, field in draft.truth if code in GROUPS[group])
        found = found_in(student, draft.report, GROUPS[group])
        expect(found, f"of the {group}, in report {number}", equals=truth, view=View(listed))
    report, planted = crowded(given, group)
    truth = sorted(f"{code} at {field}" for code, field in planted)
    found = found_in(student, report, GROUPS[group])
    expect(found, f"of the {group}, in a report with several flaws of a kind", equals=truth, view=View(listed))


STAND_INS = ("paired_difference",)


@hidden_test(
    weight=3,
    stand_ins=STAND_INS,
    says="Work out on paper what each number would be if it were what the report says, and what it would be otherwise.",
)
def test_numbers_that_give_themselves_away(student, given, expect):
    """A constant answer, a best seed sold as a mean, a deviation sold as an error"""
    audited(student, given, expect, "numbers")


@hidden_test(weight=3, stand_ins=STAND_INS, says="What did each regime get: how many tries, how many pictures?")
def test_regimes_that_did_not_get_the_same(student, given, expect):
    """Extra trials, extra training pictures, and a rate chosen by looking at the test"""
    audited(student, given, expect, "budget")


@hidden_test(weight=3, stand_ins=STAND_INS, says="What of the test was known before the test?")
def test_leaks_of_the_data(student, given, expect):
    """Plants in both parts, photos from the future, a mean over the test pictures"""
    audited(student, given, expect, "data")


@hidden_test(weight=3, stand_ins=STAND_INS, says="Which entries of the report bear on the claim, and what do they say?")
def test_claims_that_the_numbers_do_not_bear_out(student, given, expect):
    """Claims without evidence, and claims that have it"""
    audited(student, given, expect, "claims")
