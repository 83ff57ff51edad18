# TODO the sentence of the statement that this answer breaks
def sentence_features(x):
    return x
