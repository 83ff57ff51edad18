def kind_of(item, run):
    match run.get(item):
        case {"learned": True}:
            return "parameter"
        case {"saved": True}:
            return "buffer"
        case {"chosen": True}:
            return "hyperparameter"
        case {"from_predictions": True}:
            return "metric"
    return "data"
