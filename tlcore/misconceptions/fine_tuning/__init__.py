"""Wrong ideas about fine-tuning."""
