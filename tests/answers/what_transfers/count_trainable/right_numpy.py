# Shapes first, then products with NumPy; one set of shared names.
import numpy as np


def count_trainable(spec):
    head, r = spec["head"], spec["lora"]["r"]
    shapes = {"feature_extraction": [(head["n_out"], head["n_in"])] + [(head["n_out"],)] * int(head["bias"])}
    shapes["full_ft"] = list(shapes["feature_extraction"])
    shapes["lora"] = list(shapes["feature_extraction"])
    for layer in spec["layers"]:
        kind = layer["kind"]
        if kind.endswith("_norm"):
            shapes["full_ft"] += [(layer["width"],), (layer["width"],)]
            continue
        if kind == "embedding":
            shapes["full_ft"].append((layer["n_words"], layer["width"]))
            continue
        if kind == "conv":
            shapes["full_ft"].append((layer["n_out"], layer["n_in"], *layer["kernel"]))
        elif not layer.get("weight_of"):
            shapes["full_ft"].append((layer["n_out"], layer["n_in"]))
        if layer["bias"]:
            shapes["full_ft"].append((layer["n_out"],))
        if layer["name"] in set(spec["lora"]["targets"]):
            shapes["lora"] += [(r, layer["n_in"]), (layer["n_out"], r)]
    return {name: sum(np.prod(shape) for shape in some) for name, some in shapes.items()}
