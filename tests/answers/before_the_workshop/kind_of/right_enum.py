from enum import Enum


class Kind(str, Enum):
    PARAMETER = "parameter"
    BUFFER = "buffer"
    HYPER = "hyperparameter"
    METRIC = "metric"
    DATA = "data"


def kind_of(item, run):
    f = run[item]
    if f["saved"]:
        return Kind.PARAMETER if f["learned"] else Kind.BUFFER
    if not (f["chosen"] or f["from_predictions"]):
        return Kind.DATA
    return Kind.HYPER if f["chosen"] else Kind.METRIC
