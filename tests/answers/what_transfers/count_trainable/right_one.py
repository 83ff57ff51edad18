# TODO another right way to write it
def count_trainable(x):
    return None
