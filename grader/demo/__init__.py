"""The class that ships with the project: real submissions, put together from answer files that stay readable."""

from grader.demo.writing import write_class

__all__ = ["write_class"]
