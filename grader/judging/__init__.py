"""From observations to a verdict: run the hidden tests, compare with the reference, recognise misconceptions, score."""
