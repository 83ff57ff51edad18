# It breaks: `run` stays as it is. Here a fact that is not needed is taken out.
def kind_of(item, run):
    f = run[item]
    f.pop("numbers", None)
    if f["saved"]:
        return "parameter" if f["learned"] else "buffer"
    if f["from_predictions"]:
        return "metric"
    return "hyperparameter" if f["chosen"] else "data"
