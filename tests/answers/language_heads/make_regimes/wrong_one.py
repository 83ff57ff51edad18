# TODO the sentence of the statement that this answer breaks
def make_regimes(x):
    return x
