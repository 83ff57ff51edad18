# Each part is in the mode in which it was: here all of them get that of the whole
def sentence_features(model, batch, how="mean"):
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    mask = batch["attention_mask"]
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    with torch.no_grad():
        found = model.base_model(input_ids=batch["input_ids"], attention_mask=mask, position_ids=positions)
    hidden = found.last_hidden_state
    if modes:
        model.train(modes[0][1])
    if how == "last":
        last = (mask * torch.arange(mask.shape[1])).argmax(1)
        return hidden[torch.arange(len(hidden)), last]
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(1) / weights.sum(1)
