"""References of language heads."""
