"""Public checks of what transfers."""
