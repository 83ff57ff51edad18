# TODO another right way to write it
def fix(x):
    return None
