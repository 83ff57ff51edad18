# TODO the sentence of the statement that this answer breaks
def encode_batch(x):
    return x
