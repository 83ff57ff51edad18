"""The correct implementations, one module a topic: what a learner reads after the workshop."""
