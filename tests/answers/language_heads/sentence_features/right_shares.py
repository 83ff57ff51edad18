# The mean as a product with each word's share, which is in single precision
@torch.no_grad()
def sentence_features(model, batch, how="mean"):
    was = [m.training for m in model.modules()]
    try:
        model.train(False)
        mask = batch["attention_mask"].long()
        out = model.base_model(
            batch["input_ids"], attention_mask=mask, position_ids=torch.clamp(torch.cumsum(mask, 1) - 1, min=0)
        )
        hidden = out[0]
    finally:
        for m, t in zip(model.modules(), was):
            m.training = t
    if how == "mean":
        share = mask / mask.sum(1, keepdim=True)
        return (share.to(hidden.dtype)[:, None] @ hidden)[:, 0]
    return torch.stack([h[m.nonzero()[-1, 0]] for h, m in zip(hidden, mask)])
