"""Hidden tests of `rank_sources`."""

from grader.hidden.registry import hidden_test


@hidden_test(weight=1, says="TODO What should a learner look at whose answer fails?")
def test_what_it_does(student, given, expect):
    """TODO What is right, in words"""
    expect(student.rank_sources(given.tensor(3)), "TODO what the value is")
