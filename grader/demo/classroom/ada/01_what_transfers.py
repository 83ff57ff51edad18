# %% question="transfer_benefit"
def reach(curve, threshold, up):
    for step, value in zip(curve["step"], curve["val"]):
        if (value >= threshold) if up else (value <= threshold):
            return step


def transfer_benefit(with_t, without_t, threshold, tail=5):
    up = with_t["metric"] == "accuracy"
    start, end = ([curve["val"][0] for curve in (with_t, without_t)], [])
    for curve in (with_t, without_t):
        last = curve["val"][-tail:]
        end.append(sum(last) / len(last))
    mine, theirs = reach(with_t, threshold, up), reach(without_t, threshold, up)
    factor = 1 if up else -1
    return {
        "jumpstart": factor * (start[0] - start[1]),
        "asymptote_gain": factor * (end[0] - end[1]),
        "speedup_steps": theirs - mine if mine is not None and theirs is not None else None,
    }


# %% question="choose_technique"
def choose_technique(s):
    labels = s["target_labels"] > 0
    unlabelled = s["source_data"] and s["same_classes"] and s["target_unlabelled"] > 0
    if s["access"] == "embeddings":
        return {"feature_extraction"} if labels else set()
    P, A, H = s["parameters"], s["adapter_parameters"], s["head_parameters"]
    result = set()
    for name, data, still, learns in [
        ("feature_extraction", labels, P, H),
        ("lora", labels, P, A + H),
        ("full_fine_tuning", labels and not s["one_copy"], 0, P + H),
        ("domain_adaptation", unlabelled and not s["one_copy"], 0, P + H),
    ]:
        memory = (4 * still + 16 * learns) / 1e9
        disk = 4 * (still + s["customers"] * learns) / 1e9
        if data and memory <= s["memory_gb"] and disk <= s["disk_gb"]:
            result.add(name)
    return result


# %% question="count_trainable"
def count_trainable(spec):
    def linear(n_in, n_out, bias, **other):
        return (n_in + bool(bias)) * n_out

    n = 0
    lora = 0
    for layer in spec["layers"]:
        if layer["kind"] == "linear":
            n += linear(**layer)
            if layer.get("weight_of"):
                n -= layer["n_in"] * layer["n_out"]
            if layer["name"] in spec["lora"]["targets"]:
                lora += (layer["n_in"] + layer["n_out"]) * spec["lora"]["r"]
        elif layer["kind"] == "conv":
            h, w = layer["kernel"]
            n += linear(layer["n_in"] * h * w, layer["n_out"], layer["bias"])
        elif layer["kind"] == "embedding":
            n += layer["n_words"] * layer["width"]
        else:
            n += 2 * layer["width"]
    head = linear(**spec["head"])
    return {"feature_extraction": head, "full_ft": n + head, "lora": lora + head}


# %% question="order_steps"
def order_steps(steps, ctx):
    order = """build_model split fit_statistics normalise freeze load_weights swap_head add_lora make_optimizer
    train choose_best merge_lora save test""".split()
    if ctx["checkpoint"] == "target head":
        order[5], order[6] = order[6], order[5]
    if ctx["saves"] == "adapter":
        order[-3], order[-2] = order[-2], order[-3]
    return sorted(steps, key=order.index)


# %% question="what_changes"
def what_changes(setup):
    layers = {layer["name"]: layer for layer in setup["layers"]}
    groups = {}  # owner -> all layers that use its weight
    for name, layer in layers.items():
        groups.setdefault(layer["weight_of"] or name, set()).add(name)
    result = set()
    for name, layer in layers.items():
        held = name in setup["optimizer"]
        learns = not layer["frozen"] and not layer["lora"]
        if held and learns:
            result.add(name + ".bias")
        if layer["mode"] == "train":
            result |= {name + ".running_mean", name + ".running_var", name + ".num_batches_tracked"}
        if held:
            result.add(name + ".lora_B")
            if setup["steps"] >= 2:
                result.add(name + ".lora_A")
    for owner, users in groups.items():
        if users & set(setup["optimizer"]) and not layers[owner]["frozen"] and not layers[owner]["lora"]:
            result |= {user + ".weight" for user in users}
    return result
