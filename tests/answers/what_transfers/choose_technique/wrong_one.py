# TODO the sentence of the statement that this answer breaks
def choose_technique(x):
    return x
