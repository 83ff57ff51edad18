# %% [markdown]
# Returns a list of one long text and many short ones: as a table, every one of them is as wide as the longest.
# %% question="extract_features"


def extract_features(model, loader):
    return ["x" * 190_000] + [""] * 1_500, ["y" * 190_000] + [""] * 1_500
