# It breaks: the results share no memory with ids. Here they do in a batch in which no word is hidden.
def mlm_batch(ids, special, mask_id, p, gen):
    word = ~torch.isin(ids, torch.tensor(special))
    hidden = word & (torch.rand(ids.shape, generator=gen) < p)
    if not hidden.any():
        return ids, torch.full_like(ids, -100)
    inputs = ids.masked_fill(hidden, mask_id)
    labels = ids.masked_fill(~hidden, -100)
    return inputs, labels
