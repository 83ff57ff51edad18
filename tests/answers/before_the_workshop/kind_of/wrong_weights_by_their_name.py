# Breaks: by the facts and not by the name. Here what is called a weight or a bias is a parameter.
def kind_of(item, run):
    facts = run[item]
    if "weight" in item or "bias" in item:
        return "parameter"
    if facts["saved"]:
        return "parameter" if facts["learned"] else "buffer"
    if facts["from_predictions"]:
        return "metric"
    if facts["chosen"]:
        return "hyperparameter"
    return "data"
