# It breaks: `digits` can be left out, and is 2 then. Here it is 1.
def summarise(values, *, digits=1, skip=None):
    kept = [v for v in values if skip is None or v != skip]
    if not kept:
        return 0, None, None
    return len(kept), round(sum(kept) / len(kept), digits), max(kept)
