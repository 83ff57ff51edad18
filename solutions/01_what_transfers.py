# %% [markdown]
# # What transfers
#
# TODO What is this about, and what can you do when you are done?
#
# {{Questions}} questions, {{minutes}} minutes.

# %%
import torch
from torch import nn

from tlcore.check import check

# %% [markdown]
# ## Transfer benefit · `transfer_benefit`
#
# TODO A motive; a tiny example whose numbers can be checked by hand; then all that is asked.

# %% question="transfer_benefit" minutes=5 difficulty=1 objectives="O2"

# %% check="transfer_benefit"
check("transfer_benefit")

# %% [markdown] hints="transfer_benefit"
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
# ## Choose technique · `choose_technique`
#
# TODO A motive; a tiny example whose numbers can be checked by hand; then all that is asked.

# %% question="choose_technique" minutes=5 difficulty=1 objectives="O2"

# %% check="choose_technique"
check("choose_technique")

# %% [markdown] hints="choose_technique"
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
# ## Count trainable · `count_trainable`
#
# TODO A motive; a tiny example whose numbers can be checked by hand; then all that is asked.

# %% question="count_trainable" minutes=5 difficulty=1 objectives="O2"

# %% check="count_trainable"
check("count_trainable")

# %% [markdown] hints="count_trainable"
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
# ## Order steps · `order_steps`
#
# TODO A motive; a tiny example whose numbers can be checked by hand; then all that is asked.

# %% question="order_steps" minutes=5 difficulty=1 objectives="O2"

# %% check="order_steps"
check("order_steps")

# %% [markdown] hints="order_steps"
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
# ## What changes · `what_changes`
#
# TODO A motive; a tiny example whose numbers can be checked by hand; then all that is asked.

# %% question="what_changes" minutes=5 difficulty=1 objectives="O2"

# %% check="what_changes"
check("what_changes")

# %% [markdown] hints="what_changes"
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
