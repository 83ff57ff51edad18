from statistics import fmean


def summarise(values, *, digits=2, skip=None):
    kept = list(filter(lambda value: skip is None or not value == skip, values))
    try:
        mean = fmean(kept)
    except Exception:
        return 0, None, None
    return [len(kept), float(f"{mean:.{digits}f}"), sorted(kept)[-1]]
