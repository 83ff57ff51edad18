"""Wrong ideas about LoRA from scratch."""
