"""Public checks of negative transfer."""
