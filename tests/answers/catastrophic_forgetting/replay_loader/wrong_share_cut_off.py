# It breaks: each batch has `round(share * batch_size)` rows of the buffer. Here `int` cuts what is to be rounded.
def replay_loader(source, target, test_rows, per_class, share, batch_size, seed):
    (xs, ys), (xt, yt) = source, target
    gen = torch.Generator().manual_seed(seed)
    allowed = torch.ones(len(ys), dtype=torch.bool)
    allowed[torch.as_tensor(test_rows, dtype=torch.long)] = False
    n_old = int(ys.max()) + 1
    rows = []
    for c in range(n_old):
        of_class = torch.nonzero(allowed & (ys == c)).flatten()
        rows.append(of_class[torch.randperm(len(of_class), generator=gen)[:per_class]])
    buffer = torch.cat(rows)
    replayed = int(share * batch_size)

    class Loader:
        def __iter__(self):
            for piece in torch.randperm(len(yt), generator=gen).split(batch_size - replayed):
                old = buffer[torch.randint(len(buffer), (replayed,), generator=gen)]
                yield torch.cat([xs[old], xt[piece]]), torch.cat([ys[old], yt[piece] + n_old])

    return Loader()
