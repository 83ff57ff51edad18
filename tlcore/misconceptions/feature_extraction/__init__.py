"""Wrong ideas about feature extraction."""
