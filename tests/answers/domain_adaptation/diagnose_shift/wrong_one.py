# TODO the sentence of the statement that this answer breaks
def diagnose_shift(x):
    return x
