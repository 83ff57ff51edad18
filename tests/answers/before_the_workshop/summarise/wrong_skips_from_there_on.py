# It breaks: does not count, wherever it stands. Here nothing counts after the first value to skip.
def summarise(values, *, digits=2, skip=None):
    kept = []
    for v in values:
        if skip is not None and v == skip:
            break
        kept.append(v)
    if not kept:
        return 0, None, None
    return len(kept), round(sum(kept) / len(kept), digits), max(kept)
