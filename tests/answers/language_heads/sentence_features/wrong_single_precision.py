# In the precision of the model: here always in single precision
def sentence_features(model, batch, how="mean"):
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    mask = batch["attention_mask"]
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    with torch.no_grad():
        found = model.base_model(input_ids=batch["input_ids"], attention_mask=mask, position_ids=positions)
    hidden = found.last_hidden_state.float()
    for part, training in modes:
        part.training = training
    if how == "last":
        last = (mask * torch.arange(mask.shape[1])).argmax(1)
        return hidden[torch.arange(len(hidden)), last]
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(1) / weights.sum(1)
