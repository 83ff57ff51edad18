"""References of negative transfer."""
