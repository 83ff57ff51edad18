# It breaks: if no value counts, it returns 0, None, None. Here it is an error.
def summarise(values, *, digits=2, skip=None):
    kept = [v for v in values if skip is None or v != skip]
    return len(kept), round(sum(kept) / len(kept), digits), max(kept)
