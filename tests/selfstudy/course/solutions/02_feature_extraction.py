# %% [markdown]
# # Feature extraction
#
# The first question of the real exercise, for the tests of `tl start`, `tl check` and `tl progress`.
# %%
from tlcore.check import check


# %% [markdown]
# ## Freeze · `freeze`
#
# Stop every parameter of `module` from learning, and give the module back.
# %% question="freeze" minutes=10 difficulty=1 objectives="O2,O3V"
def freeze(module):
    """Stop every parameter of `module` from learning."""
    # 1. switch off what autograd reads
    ### BEGIN SOLUTION
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    return module
    ### END SOLUTION


# %% check="freeze"
check("freeze")


# %% [markdown] hints="freeze"
# <details><summary>Hint 1</summary>
#
# What does the optimizer hold: the module, or its *parameters*?
#
# <details><summary>Hint 2</summary>
#
# `module.parameters()` gives all of them, those of every layer inside too.
#
# <details><summary>Hint 3</summary>
#
# Each parameter has `requires_grad_(...)`.
#
# </details>
# </details>
# </details>
