"""What the notebooks are about, measured over seeds: `python -m benchmarks.effects TOPIC [--seeds 10] [--write]`."""
