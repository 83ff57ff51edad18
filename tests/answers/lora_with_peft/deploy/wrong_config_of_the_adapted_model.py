# The adapted model goes on as before: here its own config is told that nothing is tied
def deploy(model):
    merged = copy.deepcopy(model)
    head = merged.base_model.model.get_output_embeddings() if hasattr(model.config, "vocab_size") else None
    if head is not None and hasattr(head, "base_layer"):
        head.base_layer.weight = nn.Parameter(head.base_layer.weight.detach().clone())
        model.config.tie_word_embeddings = False
        merged.base_model.model.config.tie_word_embeddings = False
    return merged.merge_and_unload().eval()
