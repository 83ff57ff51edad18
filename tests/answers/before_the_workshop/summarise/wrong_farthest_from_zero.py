# It breaks: the largest of them. Here it is the one that is farthest from zero.
def summarise(values, *, digits=2, skip=None):
    kept = [v for v in values if skip is None or v != skip]
    if not kept:
        return 0, None, None
    return len(kept), round(sum(kept) / len(kept), digits), max(kept, key=abs)
