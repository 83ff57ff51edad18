# TODO the sentence of the statement that this answer breaks
def count_trainable(x):
    return x
