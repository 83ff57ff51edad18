# TODO the sentence of the statement that this answer breaks
def rank_sources(x):
    return x
