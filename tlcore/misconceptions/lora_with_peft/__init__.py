"""Wrong ideas of lora with peft."""
