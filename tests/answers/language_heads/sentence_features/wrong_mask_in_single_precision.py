# It breaks: the precision of the model. A mask in float32 makes the mean of a model in bfloat16 float32, too.
import torch


@torch.no_grad()
def sentence_features(model, batch, how="mean"):
    mask = batch["attention_mask"]
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    hidden = model.base_model(batch["input_ids"], attention_mask=mask, position_ids=positions).last_hidden_state
    for part, mode in modes:
        part.training = mode
    if how == "mean":
        return (hidden * mask.unsqueeze(-1).float()).sum(1) / mask.sum(1, keepdim=True)
    return hidden[torch.arange(len(hidden)), (mask * torch.arange(mask.shape[1])).argmax(1)]
