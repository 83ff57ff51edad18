# It breaks: a buffer stays one if somebody chose it. Here it is a hyperparameter.
def kind_of(item, run):
    f = run[item]
    if f["learned"]:
        return "parameter"
    if f["chosen"]:
        return "hyperparameter"
    if f["saved"]:
        return "buffer"
    return "metric" if f["from_predictions"] else "data"
