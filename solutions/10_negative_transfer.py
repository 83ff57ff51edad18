# %% [markdown]
# # Negative transfer
#
# TODO What is this about, and what can you do when you are done?
#
# {{Questions}} questions, {{minutes}} minutes.

# %%
import torch
from torch import nn

from tlcore.check import check

# %% [markdown]
# ## Fix · `fix`
#
# TODO A motive; a tiny example whose numbers can be checked by hand; then all that is asked.

# %% question="fix" minutes=5 difficulty=1 objectives="O2"

# %% check="fix"
check("fix")

# %% [markdown] hints="fix"
# <details><summary>Hint 1: a nudge</summary>
#
# TODO
#
# <details><summary>Hint 2: where to look</summary>
#
# TODO
#
# <details><summary>Hint 3: nearly there</summary>
#
# TODO
#
# </details></details></details>

# %% [markdown]
# ## Capstone · `capstone`
#
# TODO A motive; a tiny example whose numbers can be checked by hand; then all that is asked.

# %% question="capstone" minutes=5 difficulty=1 objectives="O2"

# %% check="capstone"
check("capstone")

# %% [markdown] hints="capstone"
# <details><summary>Hint 1: a nudge</summary>
#
# TODO
#
# <details><summary>Hint 2: where to look</summary>
#
# TODO
#
# <details><summary>Hint 3: nearly there</summary>
#
# TODO
#
# </details></details></details>
