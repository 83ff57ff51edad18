# TODO another right way to write it
def make_regimes(x):
    return None
