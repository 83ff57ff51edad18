# %% [markdown]
# # Doubling
#
# A course of two questions, for the tests of `tl build` and `tl verify`.
# %%
from tlcore.check import check

# %% [markdown]
# ## Double it · `double`
#
# `double(3)` is `6`, also for a naïve reader.
# %% question="double" minutes=5 difficulty=1 objectives="O1,O3V"
def double(number):
    """Twice `number`."""
    # 1. add it to itself
    ### BEGIN SOLUTION
    secret_sum = number + number
    return secret_sum
    ### END SOLUTION


# %% check="double"
check("double")
# %% [markdown] hints="double"
# <details><summary>Hint 1</summary>
#
# What is `number + 0`?
#
# <details><summary>Hint 2</summary>
#
# And `number + number`?
#
# </details>
# </details>
# %% [markdown]
# **What you just saw**
# %%
# %matplotlib inline
double(21)
# %%
# %matplotlib inline
double(22)
# %% [markdown]
# ## A constant · `constant`
# %% question="constant" minutes=8 difficulty=2 objectives="O2"
### BEGIN SOLUTION
constant = {"answer": 42}
### END SOLUTION
# %% check="constant"
check("constant")  # a cell of its own
# %% [markdown] hints="constant"
# <details><summary>Hint 1</summary>Six times seven.</details>
