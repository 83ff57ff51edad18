"""The correct implementations, a folder for each topic and a file for each question, to be read after the workshop."""
