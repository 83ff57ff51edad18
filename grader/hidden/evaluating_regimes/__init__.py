"""Hidden tests of evaluating regimes."""
