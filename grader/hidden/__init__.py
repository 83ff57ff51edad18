"""The hidden tests, one module a topic: pytest functions that decide every point, in every channel."""
