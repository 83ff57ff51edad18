"""From an author's solution to a learner's notebook: building and proving exercises."""
