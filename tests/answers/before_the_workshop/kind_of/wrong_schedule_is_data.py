# It breaks: a hyperparameter stays one if it changes by a schedule.
def kind_of(item, run):
    f = run[item]
    if f["saved"]:
        return "parameter" if f["learned"] else "buffer"
    if f["from_predictions"]:
        return "metric"
    return "hyperparameter" if f["chosen"] and not f["changes"] else "data"
