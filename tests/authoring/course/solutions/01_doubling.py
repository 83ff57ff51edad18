# %% [markdown]
# # 1 Doubling
#
# A course of two questions, for the tests of `tl build`.
# %%
from tlcore.check import check

# %% [markdown]
# ## 1.1 Double it · `double` · 5 min · ●○○
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
# %% public_check="imports"
import math
import os

# %% public_check="double"
def check_double(double, show):
    for number in (0, 3, math.inf):
        show.expect(f'double({number})', double(number), 2*number, teach='Add it to itself.')


# %% [markdown]
# **What you just saw**
# %%
# %matplotlib inline
double(21)
# %%
# %matplotlib inline
double(22)
# %% [markdown]
# ## 1.2 A constant · `constant` · 8 min · ●●○
# %% question="constant" minutes=8 difficulty=2 objectives="O2"
### BEGIN SOLUTION
constant = {"answer": 42}
### END SOLUTION
# %% check="constant"
check("constant")  # a cell of its own
# %% [markdown] hints="constant"
# <details><summary>Hint 1</summary>Six times seven.</details>
# %% public_check="constant"
def check_constant(constant, show):
    show.that(constant["answer"] > 0, "the answer is positive")
