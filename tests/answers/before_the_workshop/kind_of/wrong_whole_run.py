# It breaks: it returns one text. Here it returns the kinds of all items.
def kind_of(item, run):
    kinds = {}
    for name, f in run.items():
        if f["saved"]:
            kinds[name] = "parameter" if f["learned"] else "buffer"
        elif f["from_predictions"]:
            kinds[name] = "metric"
        else:
            kinds[name] = "hyperparameter" if f["chosen"] else "data"
    return kinds
