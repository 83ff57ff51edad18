def kind_of(item, run):
    order = [("learned", "parameter"), ("saved", "buffer"), ("from_predictions", "metric"), ("chosen", "hyperparameter")]
    return next((kind for fact, kind in order if run[item][fact]), "data")
