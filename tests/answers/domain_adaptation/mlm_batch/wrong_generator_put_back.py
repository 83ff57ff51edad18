# It breaks: each call takes new random numbers from gen. Here its state is put back.
def mlm_batch(ids, special, mask_id, p, gen):
    state = gen.get_state()
    word = ~torch.isin(ids, torch.tensor(special))
    hidden = word & (torch.rand(ids.shape, generator=gen) < p)
    gen.set_state(state)
    inputs = ids.masked_fill(hidden, mask_id)
    labels = ids.masked_fill(~hidden, -100)
    return inputs, labels
