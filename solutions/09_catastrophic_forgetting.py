# %% [markdown]
# # Catastrophic forgetting
#
# {{Questions}} questions, {{minutes}} minutes.
#
# {{table}}

# %%
import copy

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from tlcore import plots
from tlcore.check import check
from tlcore.plots import draw
from tlcore.pretraining.digit_tasks import digit_tasks

torch.set_num_threads(1)  # small models are quickest on one core

# %% [markdown]
# ## How much was lost? · `forgetting`

# %% question="forgetting" minutes=8 difficulty=1 objectives="O5"

# %% check="forgetting"
check("forgetting")

# %% [markdown] hints="forgetting"
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
# ## A few old rows in every batch · `replay_loader`

# %% question="replay_loader" minutes=12 difficulty=2 objectives="O2,O5"

# %% check="replay_loader"
check("replay_loader")

# %% [markdown] hints="replay_loader"
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
# ## Held near the start · `anchor_penalty`

# %% question="anchor_penalty" minutes=14 difficulty=2 objectives="O2,O5"

# %% check="anchor_penalty"
check("anchor_penalty")

# %% [markdown] hints="anchor_penalty"
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
# ## New classes, and the old ones kept · `adapt_without_forgetting`

# %% question="adapt_without_forgetting" minutes=20 difficulty=3 objectives="O2,O5"

# %% check="adapt_without_forgetting"
check("adapt_without_forgetting")

# %% [markdown] hints="adapt_without_forgetting"
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
