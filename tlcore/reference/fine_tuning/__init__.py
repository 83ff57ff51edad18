"""Fine-tuning: what is loaded, what moves, how fast, and when to stop."""
