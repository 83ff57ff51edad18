"""Feature extraction: keep what a pretrained backbone knows, train only a new head."""
