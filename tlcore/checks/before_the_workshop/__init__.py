"""Public checks of before the workshop."""
