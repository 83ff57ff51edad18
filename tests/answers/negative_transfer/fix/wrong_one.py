# TODO the sentence of the statement that this answer breaks
def fix(x):
    return x
