# Which layers are tied is found by their storage
def deploy(model):
    m = copy.deepcopy(model)
    seen = {}
    for path, part in m.named_modules():
        weight = getattr(part, "_parameters", {}).get("weight")
        if weight is not None:
            seen.setdefault(weight.data_ptr(), []).append((path, part))
    for owners in seen.values():
        adapted = [part for path, part in owners if path.endswith("base_layer")]
        if len(owners) > 1 and adapted:
            for part in adapted:
                part.weight = nn.Parameter(part.weight.detach().clone())
            m.base_model.model.config.tie_word_embeddings = False
    return m.merge_and_unload().eval()
