"""Public checks of feature extraction, one module for each question."""
