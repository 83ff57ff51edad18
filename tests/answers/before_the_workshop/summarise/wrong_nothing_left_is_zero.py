# It breaks: if no value counts, it returns 0, None, None. Here the mean and the largest are 0.
def summarise(values, *, digits=2, skip=None):
    kept = [v for v in values if skip is None or v != skip]
    if not kept:
        return 0, 0, 0
    return len(kept), round(sum(kept) / len(kept), digits), max(kept)
