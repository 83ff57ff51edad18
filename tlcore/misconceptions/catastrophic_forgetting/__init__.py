"""Wrong ideas of catastrophic forgetting."""
