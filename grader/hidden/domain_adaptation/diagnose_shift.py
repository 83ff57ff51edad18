"""Hidden tests of `diagnose_shift`."""

from grader.hidden.registry import hidden_test


@hidden_test(weight=1, says="TODO What should a learner look at whose answer fails?")
def test_what_it_does(student, given, expect):
    """TODO What is right, in words"""
    expect(student.diagnose_shift(given.tensor(3)), "TODO what the value is")
