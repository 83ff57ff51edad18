"""Wrong ideas of language heads."""
