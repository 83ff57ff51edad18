"""Public checks of fine-tuning."""
