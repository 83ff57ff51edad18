"""Public checks of domain adaptation."""
