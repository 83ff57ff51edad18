# %% [markdown]
# # Evaluating regimes
#
# TODO What is this about, and what can you do when you are done?
#
# {{Questions}} questions, {{minutes}} minutes.

# %%
import torch
from torch import nn

from tlcore.check import check

# %% [markdown]
# ## Evaluate · `evaluate`
#
# TODO A motive; a tiny example whose numbers can be checked by hand; then all that is asked.

# %% question="evaluate" minutes=10 difficulty=1 objectives="O4"

# %% check="evaluate"
check("evaluate")

# %% [markdown] hints="evaluate"
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
# ## Compare · `compare`
#
# TODO A motive; a tiny example whose numbers can be checked by hand; then all that is asked.

# %% question="compare" minutes=15 difficulty=3 objectives="O4"

# %% check="compare"
check("compare")

# %% [markdown] hints="compare"
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
# ## Paired difference · `paired_difference`
#
# TODO A motive; a tiny example whose numbers can be checked by hand; then all that is asked.

# %% question="paired_difference" minutes=10 difficulty=2 objectives="O4"

# %% check="paired_difference"
check("paired_difference")

# %% [markdown] hints="paired_difference"
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
# ## Data efficiency · `data_efficiency`
#
# TODO A motive; a tiny example whose numbers can be checked by hand; then all that is asked.

# %% question="data_efficiency" minutes=15 difficulty=2 objectives="O4"

# %% check="data_efficiency"
check("data_efficiency")

# %% [markdown] hints="data_efficiency"
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
# ## Audit · `audit`
#
# TODO A motive; a tiny example whose numbers can be checked by hand; then all that is asked.

# %% question="audit" minutes=20 difficulty=3 objectives="O4"

# %% check="audit"
check("audit")

# %% [markdown] hints="audit"
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
