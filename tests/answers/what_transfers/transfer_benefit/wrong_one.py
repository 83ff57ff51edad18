# TODO the sentence of the statement that this answer breaks
def transfer_benefit(x):
    return x
