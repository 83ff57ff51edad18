"""Wrong ideas of what transfers."""
