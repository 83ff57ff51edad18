"""Wrong ideas about `capstone`."""

from tlcore.misconceptions.registry import misconception


@misconception(asks="TODO What would the holder of this idea have to ask?")
def what_is_believed(x):
    """TODO What is believed, in a sentence."""
    return None
