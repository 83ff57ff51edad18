# each text alone, without any padding, on a copy in eval mode
def sentence_features(model, batch, how="mean"):
    body = copy.deepcopy(model).eval().base_model
    rows = []
    with torch.no_grad():
        for ids, seen in zip(batch["input_ids"], batch["attention_mask"]):
            hidden = body(input_ids=ids[seen == 1][None]).last_hidden_state[0]
            rows.append(hidden.mean(0) if how == "mean" else hidden[-1])
    return torch.stack(rows)
