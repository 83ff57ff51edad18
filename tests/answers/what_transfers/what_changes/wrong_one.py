# TODO the sentence of the statement that this answer breaks
def what_changes(x):
    return x
