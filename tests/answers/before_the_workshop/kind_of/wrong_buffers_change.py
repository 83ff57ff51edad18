# It breaks: a buffer may be a table that somebody chose. Here a buffer must change.
def kind_of(item, run):
    f = run[item]
    if f["saved"]:
        return "buffer" if f["changes"] and not f["learned"] else "parameter"
    if f["from_predictions"]:
        return "metric"
    return "hyperparameter" if f["chosen"] else "data"
