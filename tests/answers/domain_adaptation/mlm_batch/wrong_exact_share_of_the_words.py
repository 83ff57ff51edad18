# It breaks: each word independently of all others. Here exactly the share p of all words of the batch is hidden.
def mlm_batch(ids, special, mask_id, p, gen):
    word = ~torch.isin(ids, torch.tensor(special))
    noise = torch.rand(ids.shape, generator=gen).masked_fill(~word, 2.0)
    hidden = torch.zeros_like(word)
    hidden.view(-1)[noise.flatten().argsort()[: round(p * int(word.sum()))]] = True
    inputs = ids.masked_fill(hidden, mask_id)
    labels = ids.masked_fill(~hidden, -100)
    return inputs, labels
