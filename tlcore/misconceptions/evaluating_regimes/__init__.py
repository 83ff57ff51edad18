"""Wrong ideas of evaluating regimes."""
