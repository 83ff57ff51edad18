# TODO the sentence of the statement that this answer breaks
def grad_reverse(x):
    return x
