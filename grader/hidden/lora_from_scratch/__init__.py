"""Hidden tests of LoRA from scratch, one module for each question."""
