"""The hidden tests, one module a topic: written in pytest's style; they decide every point, in every channel."""
