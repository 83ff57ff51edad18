# It breaks: the largest of them. Here it is rounded to `digits` decimals like the mean.
def summarise(values, *, digits=2, skip=None):
    kept = [v for v in values if skip is None or v != skip]
    if not kept:
        return 0, None, None
    return len(kept), round(sum(kept) / len(kept), digits), round(max(kept), digits)
