"""Wrong ideas of domain adaptation."""
