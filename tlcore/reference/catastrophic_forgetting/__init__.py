"""References of catastrophic forgetting."""
