"""Public checks of language heads."""
