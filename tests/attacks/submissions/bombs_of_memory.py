# %% [markdown]
# Asks for all the memory there is, and touches it.
# %% question="freeze"
def freeze(module):
    hoard = []
    while True:
        hoard.append(bytearray(32 << 20))
