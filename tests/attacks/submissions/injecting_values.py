# %% [markdown]
# Returns hostile text where tensors are asked for.
# %% question="freeze"
def freeze(module):
    return {"<img src=x onerror=alert(1)>": ["\x1b[31m", "=HYPERLINK(\"http://example.org\")", "\u202egnp.exe"]}
