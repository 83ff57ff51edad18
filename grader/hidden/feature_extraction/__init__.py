"""Hidden tests of feature extraction, one module for each question."""
