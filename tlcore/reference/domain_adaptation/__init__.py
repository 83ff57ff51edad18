"""References of domain adaptation."""
