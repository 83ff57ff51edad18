# It breaks: rounded to `digits` decimals.
def summarise(values, *, digits=2, skip=None):
    kept = [v for v in values if skip is None or v != skip]
    if not kept:
        return 0, None, None
    return len(kept), sum(kept) / len(kept), max(kept)
