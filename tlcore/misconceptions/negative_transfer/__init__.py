"""Wrong ideas of negative transfer."""
