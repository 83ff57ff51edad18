# It breaks: a metric comes from predictions. Here one that was computed once is data.
def kind_of(item, run):
    f = run[item]
    if f["saved"]:
        return "parameter" if f["learned"] else "buffer"
    if f["from_predictions"] and f["changes"]:
        return "metric"
    return "hyperparameter" if f["chosen"] else "data"
