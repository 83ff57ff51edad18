# It breaks: data may change in each epoch. Here what changes is a metric.
def kind_of(item, run):
    f = run[item]
    if f["saved"]:
        return "parameter" if f["learned"] else "buffer"
    if f["from_predictions"] or (f["changes"] and not f["chosen"]):
        return "metric"
    return "hyperparameter" if f["chosen"] else "data"
