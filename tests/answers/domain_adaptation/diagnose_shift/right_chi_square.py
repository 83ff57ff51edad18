# Moments of second order, compared by chi-square tests; the proportions by weighted least squares on class means.
import numpy as np
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.preprocessing import PolynomialFeatures


def diagnose_shift(source_x, source_y, target_x, few_x, few_y):
    both = np.concatenate([source_x, target_x])
    middle, spread = both.mean(0), both.std(0)
    poly = PolynomialFeatures(2, include_bias=False)
    here, there = (poly.fit_transform((x - middle) / spread) for x in (source_x, target_x))

    def of_the_mean(rows):
        return np.cov(rows.T) / len(rows)

    def p_value(gap, covariance, fitted=0):
        return stats.chi2.sf(gap @ np.linalg.pinv(covariance) @ gap, len(gap) - fitted)

    if p_value(here.mean(0) - there.mean(0), of_the_mean(here) + of_the_mean(there)) < 0.005:
        parts = [here[source_y == c] for c in range(source_y.max() + 1)]
        means = np.stack([part.mean(0) for part in parts])
        inverse = np.linalg.pinv(of_the_mean(there) + np.mean([of_the_mean(part) for part in parts], 0))
        apart, wanted = (means[1:] - means[0]).T, there.mean(0) - means[0]
        shares = np.linalg.lstsq(apart.T @ inverse @ apart, apart.T @ inverse @ wanted, rcond=None)[0]
        shares = np.clip([1 - shares.sum(), *shares], 0, 1)
        shares = shares / shares.sum()
        covariance = of_the_mean(there) + sum(s**2 * of_the_mean(part) for s, part in zip(shares, parts, strict=True))
        explained = p_value(shares @ means - there.mean(0), covariance, len(parts) - 1) >= 0.005
        return "label" if explained else "covariate"
    if len(few_y) == 0:
        return "none"
    model = LogisticRegression(max_iter=500)
    usual = (cross_val_predict(model, here, source_y, cv=5) == source_y).mean()
    hits = (model.fit(here, source_y).predict(poly.transform((few_x - middle) / spread)) == few_y).sum()
    return "concept" if stats.binom.cdf(hits, len(few_y), usual) < 0.01 else "none"
