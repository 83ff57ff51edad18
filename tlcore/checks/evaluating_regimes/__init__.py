"""Public checks of evaluating regimes."""
