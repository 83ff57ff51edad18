# TODO the sentence of the statement that this answer breaks
def new_task_head(x):
    return x
