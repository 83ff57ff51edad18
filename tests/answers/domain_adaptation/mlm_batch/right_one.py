# TODO another right way to write it
def mlm_batch(x):
    return None
