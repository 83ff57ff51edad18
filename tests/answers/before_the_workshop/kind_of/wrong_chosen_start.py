# It breaks: a parameter stays one if its first value was chosen.
def kind_of(item, run):
    f = run[item]
    if f["saved"]:
        return "parameter" if f["learned"] and not f["chosen"] else "buffer"
    if f["from_predictions"]:
        return "metric"
    return "hyperparameter" if f["chosen"] else "data"
