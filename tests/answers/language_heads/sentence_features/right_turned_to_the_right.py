# the padding is moved to the right first, so that no positions are needed
def sentence_features(model, batch, how="mean"):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    ids, mask = batch["input_ids"].clone(), batch["attention_mask"].clone()
    for i in range(len(ids)):
        start = int(mask[i].argmax())
        ids[i], mask[i] = ids[i].roll(-start), mask[i].roll(-start)
    n = mask.sum(1)
    with torch.no_grad():
        h = model.base_model(input_ids=ids, attention_mask=mask).last_hidden_state
    for m, flag in modes:
        m.training = flag
    if how == "mean":
        return torch.stack([h[i, : n[i]].mean(0) for i in range(len(h))])
    return torch.stack([h[i, n[i] - 1] for i in range(len(h))])
