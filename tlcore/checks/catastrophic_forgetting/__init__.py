"""Public checks of catastrophic forgetting."""
