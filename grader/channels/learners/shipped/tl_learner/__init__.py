"""Exercises on transfer learning: the notebooks, and the command that puts them into a folder of yours."""
