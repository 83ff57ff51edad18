# It breaks: a call knows nothing of the calls before it. Here the value to skip is remembered.
remembered = {}


def summarise(values, *, digits=2, skip=None):
    if skip is None:
        skip = remembered.get("skip")
    else:
        remembered["skip"] = skip
    kept = [v for v in values if skip is None or v != skip]
    if not kept:
        return 0, None, None
    return len(kept), round(sum(kept) / len(kept), digits), max(kept)
