# A table with one column for each start. (The notebook does not need pandas; it is there.)
import pandas as pd
from scipy.stats import sem, t


def negative_transfer(results):
    table = pd.DataFrame(results["runs"])
    table = table[table["tested_on"] == "target"]
    wide = table.pivot_table(index=["seed", "labels", "updates"], columns="start", values="accuracy")
    if "scratch" not in wide or "pretrained" not in wide:
        return {"gap": None, "ci": None, "verdict": "not comparable"}
    d = (wide["pretrained"] - wide["scratch"]).dropna()
    if len(d) < 2:
        return {"gap": None, "ci": None, "verdict": "not comparable"}
    half = t.ppf(0.975, len(d) - 1) * sem(d)
    ci = (d.mean() - half, d.mean() + half)
    if ci[0] > 0:
        return {"gap": d.mean(), "ci": ci, "verdict": "positive"}
    return {"gap": d.mean(), "ci": ci, "verdict": "negative" if ci[1] < 0 else "inconclusive"}
