# Equal numbers of rows of both sides in two halves, each judged by a classifier of the other.
def diagnose_shift(source_x, source_y, target_x, few_x, few_y):
    rng = np.random.default_rng(0)

    def quad(x):
        return np.column_stack([x, x**2, *[x[:, i] * x[:, j] for i in range(x.shape[1]) for j in range(i)]])

    def hits(a, b):
        n = min(len(a), len(b))
        a, b = rng.permutation(a)[:n], rng.permutation(b)[:n]
        half = n // 2
        share = []
        for s in (slice(0, half), slice(half, n)):
            o = slice(half, n) if s.start == 0 else slice(0, half)
            train = quad(np.concatenate([a[s], b[s]]))
            mu, sd = train.mean(0), train.std(0) + 1e-9
            clf = LogisticRegression(C=0.3, max_iter=300).fit((train - mu) / sd, np.repeat([0, 1], [len(a[s]), len(b[s])]))
            share.append(np.mean(clf.predict((quad(a[o]) - mu) / sd) == 0))
            share.append(np.mean(clf.predict((quad(b[o]) - mu) / sd) == 1))
        return (np.mean(share) - 0.5) / np.sqrt(0.25 / (2 * n))

    index = rng.permutation(len(source_y))
    one, two = np.array_split(index, 2)
    model = LogisticRegression(max_iter=500).fit(source_x[one], source_y[one])
    guess = model.predict(source_x[two])
    k = int(source_y.max()) + 1
    if hits(source_x, target_x) > 2.3:
        confusion = np.stack(
            [np.bincount(guess[source_y[two] == c], minlength=k) / np.sum(source_y[two] == c) for c in range(k)], 1
        )
        shares = np.bincount(model.predict(target_x), minlength=k) / len(target_x)
        prop = np.linalg.solve(confusion + 1e-6 * np.eye(k), shares).clip(1e-3)
        w = prop[source_y] / np.bincount(source_y)[source_y]
        kept = rng.random(len(w)) < w / w.max()
        return "covariate" if hits(source_x[kept], target_x) > 2.3 else "label"
    if len(few_y) > 0:
        usual = np.mean(guess == source_y[two])
        if np.mean(model.predict(few_x) == few_y) < usual - 2.5 * np.sqrt(usual * (1 - usual) / len(few_y)):
            return "concept"
    return "none"
