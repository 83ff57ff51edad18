# It breaks: how many values count. Here those that are skipped are counted too.
def summarise(values, *, digits=2, skip=None):
    kept = [v for v in values if skip is None or v != skip]
    if not kept:
        return 0, None, None
    return len(values), round(sum(kept) / len(kept), digits), max(kept)
