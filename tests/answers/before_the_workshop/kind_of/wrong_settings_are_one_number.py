# It breaks: a hyperparameter is chosen before the run. Here it must be a single number.
def kind_of(item, run):
    f = run[item]
    if f["saved"]:
        return "parameter" if f["learned"] else "buffer"
    if f["from_predictions"]:
        return "metric"
    return "hyperparameter" if f["chosen"] and f["numbers"] == 1 else "data"
