# It breaks: in this order. Here the mean comes first.
def summarise(values, *, digits=2, skip=None):
    kept = [v for v in values if skip is None or v != skip]
    if not kept:
        return None, 0, None
    return round(sum(kept) / len(kept), digits), len(kept), max(kept)
