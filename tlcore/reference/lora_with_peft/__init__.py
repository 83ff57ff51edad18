"""References of lora with peft."""
