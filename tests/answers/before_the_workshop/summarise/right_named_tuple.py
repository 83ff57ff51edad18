from collections import namedtuple

Summary = namedtuple("Summary", "count mean largest")


def summarise(values, *, digits=2, skip=None):
    """A named tuple is three values, too."""
    good = [x for x in values if x != skip]
    return Summary(len(good), round(sum(good) / len(good), digits), max(good)) if good else Summary(0, None, None)
