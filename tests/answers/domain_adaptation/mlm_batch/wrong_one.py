# TODO the sentence of the statement that this answer breaks
def mlm_batch(x):
    return x
