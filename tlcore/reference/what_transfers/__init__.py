"""References of what transfers."""
