"""Wrong ideas of before the workshop."""
