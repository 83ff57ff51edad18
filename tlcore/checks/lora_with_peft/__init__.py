"""Public checks of lora with peft."""
