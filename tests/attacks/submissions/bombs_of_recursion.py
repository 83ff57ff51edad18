# %% [markdown]
# Returns a structure that holds itself, and a list as deep as it can be made.
# %% question="freeze"
def freeze(module):
    inner = []
    for _ in range(100_000):
        inner = [inner]
    inner2 = {}
    inner2["self"] = inner2
    return [inner, inner2]
