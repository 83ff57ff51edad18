# It breaks: the largest of them. Here the search begins at 0, so that nothing below it is found.
def summarise(values, *, digits=2, skip=None):
    count, total, largest = 0, 0.0, 0
    for v in values:
        if skip is None or v != skip:
            count, total = count + 1, total + v
            if v > largest:
                largest = v
    if not count:
        return 0, None, None
    return count, round(total / count, digits), largest
