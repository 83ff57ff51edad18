# einsum, output_hidden_states of the whole model, gather
def sentence_features(model, batch, how="mean"):
    was = {name: part.training for name, part in model.named_modules()}
    model.eval()
    mask = batch["attention_mask"]
    positions = mask.cumsum(-1).sub(1).masked_fill(mask == 0, 1)
    with torch.inference_mode():
        body = model.base_model
        out = body(
            input_ids=batch["input_ids"], attention_mask=mask, position_ids=positions, output_hidden_states=True
        )
    for name, part in model.named_modules():
        part.training = was[name]
    h = out.hidden_states[-1].clone()
    if how == "mean":
        m = mask.to(h.dtype)
        return torch.einsum("btd,bt->bd", h, m) / torch.einsum("bt->b", m)[:, None]
    end = mask.shape[1] - 1 - mask.flip(1).argmax(1)
    return h.gather(1, end[:, None, None].expand(-1, 1, h.shape[-1])).squeeze(1)
