def summarise(values, *, digits=2, skip=None):
    if skip is not None:
        return summarise([v for v in values if v != skip], digits=digits)
    n = len(values)
    return (n, round(sum(values) / n, digits), max(values)) if n else (0, None, None)
