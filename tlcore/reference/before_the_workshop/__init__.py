"""References of before the workshop."""
