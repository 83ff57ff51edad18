"""The hidden tests, a folder for each topic and a file for each question. They decide every point, in every channel."""
