# It breaks: `skip` is any number, or None: then all values count. Here -999 is always skipped.
def summarise(values, *, digits=2, skip=None):
    kept = [v for v in values if v != -999]
    if not kept:
        return 0, None, None
    return len(kept), round(sum(kept) / len(kept), digits), max(kept)
