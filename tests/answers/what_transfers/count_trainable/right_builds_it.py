# Builds every layer on the meta device and counts.
import torch
from torch import nn


def count_trainable(spec):
    def built(one):
        if one["kind"] == "linear":
            return nn.Linear(one["n_in"], one["n_out"], bias=one["bias"])
        if one["kind"] == "conv":
            return nn.Conv2d(one["n_in"], one["n_out"], tuple(one["kernel"]), bias=one["bias"])
        if one["kind"] == "embedding":
            return nn.Embedding(one["n_words"], one["width"])
        return (nn.BatchNorm2d if one["kind"] == "batch_norm" else nn.LayerNorm)(one["width"])

    with torch.device("meta"):
        head = built({"kind": "linear", **spec["head"]})
        body = {one["name"]: built(one) for one in spec["layers"]}
        factors = []
        for one in spec["layers"]:
            if one.get("weight_of") is not None:
                body[one["name"]].weight = body[one["weight_of"]].weight
            if one["name"] in spec["lora"]["targets"]:
                r = spec["lora"]["r"]
                factors += [torch.empty(r, one["n_in"]), torch.empty(one["n_out"], r)]
    n_head = sum(p.numel() for p in head.parameters())
    n_body = sum(p.numel() for p in nn.ModuleList(body.values()).parameters())
    return {
        "feature_extraction": n_head,
        "full_ft": n_head + n_body,
        "lora": n_head + sum(f.numel() for f in factors),
    }
