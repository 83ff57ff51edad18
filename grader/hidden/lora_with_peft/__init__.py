"""Hidden tests of lora with peft."""
