"""Hidden tests of fine-tuning, one module for each question."""
