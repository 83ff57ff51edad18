"""Hidden tests of catastrophic forgetting."""
