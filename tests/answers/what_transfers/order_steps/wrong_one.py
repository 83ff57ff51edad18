# TODO the sentence of the statement that this answer breaks
def order_steps(x):
    return x
