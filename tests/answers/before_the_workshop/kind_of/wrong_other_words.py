# It breaks: one of the five texts. Here they begin with a capital letter.
def kind_of(item, run):
    f = run[item]
    if f["saved"]:
        return "Parameter" if f["learned"] else "Buffer"
    if f["from_predictions"]:
        return "Metric"
    return "Hyperparameter" if f["chosen"] else "Data"
