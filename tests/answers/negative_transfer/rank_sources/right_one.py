# TODO another right way to write it
def rank_sources(x):
    return None
