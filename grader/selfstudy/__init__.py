"""Alone, after the workshop: notebooks to start from, the hidden tests on one's own work, progress that is kept."""
