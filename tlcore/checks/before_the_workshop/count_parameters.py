"""Public check of `count_parameters`."""

from tlcore import plots

LINEAR = {"kind": "Linear", "in_features": 3, "out_features": 2}
CONVOLUTION = {"kind": "Conv2d", "in_channels": 3, "out_channels": 8, "kernel_size": 5}
NETWORK = [
    {"kind": "Embedding", "num_embeddings": 100, "embedding_dim": 4},
    CONVOLUTION,
    {"kind": "BatchNorm2d", "num_features": 8},
    {"kind": "ReLU"},
    {"kind": "MaxPool2d", "kernel_size": 2},
    LINEAR,
    LINEAR,
]


def check(count_parameters, show):
    show.tried("the example by hand: 3 inputs and 2 outputs")
    result = count_parameters([LINEAR])
    if not show.that(result is not None, "it returns something", "Nothing came back. Is a `return` missing?"):
        return
    teach = "Six weights and two biases. The first value is a list with a number for each layer, the second is the sum."
    show.expect("of each layer, and in all", _pair(result), [[8], 8], teach)

    show.tried("the same with `bias=False`, and with `bias=True`")
    with_bias = [{**LINEAR, "bias": bias} for bias in (False, True)]
    teach = "If there is no entry `bias`, there is a bias. If there is one, it decides."
    show.expect("of each layer, and in all", _pair(count_parameters(with_bias)), [[6, 8], 14], teach)

    show.tried("a convolution: 3 channels in, 8 out, kernel size 5; and without bias")
    convolutions = [CONVOLUTION, {**CONVOLUTION, "bias": False}]
    teach = "A filter has 5 by 5 weights for each of 3 channels, 75, and one bias. There are 8 filters."
    show.expect("of each layer, and in all", _pair(count_parameters(convolutions)), [[608, 600], 1208], teach)

    show.tried("a network of seven layers, in which one description stands twice")
    right = [400, 608, 16, 0, 0, 8, 8]
    found = _pair(count_parameters(NETWORK))
    teach = (
        "Which of them differs? A batch norm has a scale and a shift; an embedding is a table; pooling learns nothing."
    )
    show.expect("of each layer, and in all", found, [right, 1040], teach)
    names = [f"{at} {layer['kind']}" for at, layer in enumerate(NETWORK)]
    yours = found[0] if isinstance(found, list) and found else None
    show.picture(plots.bars("Parameters of each layer", names, yours, right, ylabel="parameters"))

    show.tried("no layers")
    show.expect("of each layer, and in all", _pair(count_parameters([])), [[], 0], "An empty list and the sum of it.")
    show.untried("other sizes, and whether the descriptions stay as they are")


def _pair(result):
    """The counts as a list and the sum; anything else as it is."""
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        return result
    counts, total = result
    return [list(counts) if isinstance(counts, tuple) else counts, total]
