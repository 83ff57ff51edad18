# TODO another right way to write it
def diagnose_shift(x):
    return None
