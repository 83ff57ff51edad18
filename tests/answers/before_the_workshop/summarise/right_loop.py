def summarise(values, *, digits=2, skip=None):
    count = 0
    total = 0
    largest = None
    for value in values:
        if skip is not None and value == skip:
            continue
        count += 1
        total += value
        if largest is None or value > largest:
            largest = value
    if count == 0:
        return (0, None, None)
    return (count, round(total / count, digits), largest)
