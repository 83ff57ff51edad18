# TODO another right way to write it
def grad_reverse(x):
    return None
