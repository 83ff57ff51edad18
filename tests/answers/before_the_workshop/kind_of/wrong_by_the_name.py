# It breaks: by the facts and not by the name.
def kind_of(item, run):
    for word, kind in (("weight", "parameter"), ("bias", "parameter"), ("running", "buffer"), ("rate", "hyperparameter"),
                       ("epochs", "hyperparameter"), ("loss", "metric"), ("accuracy", "metric")):
        if word in item:
            return kind
    return "data"
