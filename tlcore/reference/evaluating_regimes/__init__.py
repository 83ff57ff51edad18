"""Correct implementations for notebook 07."""
