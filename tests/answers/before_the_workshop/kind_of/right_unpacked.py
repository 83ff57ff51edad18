def kind_of(item, run):
    saved, learned = run[item]["saved"], run[item]["learned"]
    if saved and learned:
        return "parameter"
    elif saved and not learned:
        return "buffer"
    elif run[item]["from_predictions"]:
        return "metric"
    elif run[item]["chosen"]:
        return "hyperparameter"
    else:
        return "data"
