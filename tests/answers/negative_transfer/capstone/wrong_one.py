# TODO the sentence of the statement that this answer breaks
def capstone(x):
    return x
