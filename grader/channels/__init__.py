"""Where the users already are: nbgrader, otter and Gradescope, and the bundle that learners install.

Every channel asks the same hidden tests through the same grading; here is only what each door looks like. Nothing is
imported before it is needed: nbgrader and otter are heavy.
"""
