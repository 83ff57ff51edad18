# It breaks: `values` is a list or a tuple. Here a tuple is an error.
def summarise(values, *, digits=2, skip=None):
    kept = values + []
    while skip is not None and skip in kept:
        kept.remove(skip)
    if not kept:
        return 0, None, None
    return len(kept), round(sum(kept) / len(kept), digits), max(kept)
