# TODO another right way to write it
def transfer_benefit(x):
    return None
