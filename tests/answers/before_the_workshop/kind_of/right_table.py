from itertools import product


def _table():
    table = {}
    for saved, learned, chosen, predicted in product([False, True], repeat=4):
        if saved:
            kind = ["buffer", "parameter"][learned]
        elif predicted:
            kind = "metric"
        else:
            kind = ["data", "hyperparameter"][chosen]
        table[saved, learned, chosen, predicted] = kind
    return table


TABLE = _table()


def kind_of(item, run):
    facts = run[item]
    return TABLE[tuple(bool(facts[name]) for name in ("saved", "learned", "chosen", "from_predictions"))]
