# It breaks: `values` stays as it is. Here a list is sorted.
def summarise(values, *, digits=2, skip=None):
    if isinstance(values, list):
        values.sort()
    kept = [v for v in values if skip is None or v != skip]
    if not kept:
        return 0, None, None
    return len(kept), round(sum(kept) / len(kept), digits), kept[-1] if isinstance(values, list) else max(kept)
