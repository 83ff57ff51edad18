# %% [markdown]
# # LoRA with PEFT
#
# TODO
#
# {{table}}

# %%
import copy

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn
from transformers.pytorch_utils import Conv1D

from tlcore.check import check

# %% [markdown]
# ## Q · `make_config`
#
# TODO


# %% question="make_config" minutes=12 difficulty=2 objectives="O2,O3L"


# %% check="make_config"
check("make_config")

# %% [markdown] hints="make_config"
# <details><summary>Hint 1: a nudge</summary>
#
# Hint
#
# <details><summary>Hint 2: where to look</summary>
#
# Hint
#
# <details><summary>Hint 3: nearly there</summary>
#
# Hint
#
# </details></details></details>

# %% [markdown]
# ## Q · `adapt_and_save`
#
# TODO


# %% question="adapt_and_save" minutes=12 difficulty=2 objectives="O2,O3L"


# %% check="adapt_and_save"
check("adapt_and_save")

# %% [markdown] hints="adapt_and_save"
# <details><summary>Hint 1: a nudge</summary>
#
# Hint
#
# <details><summary>Hint 2: where to look</summary>
#
# Hint
#
# <details><summary>Hint 3: nearly there</summary>
#
# Hint
#
# </details></details></details>

# %% [markdown]
# ## Q · `train_adapter`
#
# TODO


# %% question="train_adapter" minutes=12 difficulty=2 objectives="O2,O3L"


# %% check="train_adapter"
check("train_adapter")

# %% [markdown] hints="train_adapter"
# <details><summary>Hint 1: a nudge</summary>
#
# Hint
#
# <details><summary>Hint 2: where to look</summary>
#
# Hint
#
# <details><summary>Hint 3: nearly there</summary>
#
# Hint
#
# </details></details></details>

# %% [markdown]
# ## Q · `deploy`
#
# TODO


# %% question="deploy" minutes=10 difficulty=3 objectives="O2,O3L"


# %% check="deploy"
check("deploy")

# %% [markdown] hints="deploy"
# <details><summary>Hint 1: a nudge</summary>
#
# Hint
#
# <details><summary>Hint 2: where to look</summary>
#
# Hint
#
# <details><summary>Hint 3: nearly there</summary>
#
# Hint
#
# </details></details></details>

# %% [markdown]
# ## Q · `task_switcher`
#
# TODO


# %% question="task_switcher" minutes=12 difficulty=2 objectives="O2,O3L"


# %% check="task_switcher"
check("task_switcher")

# %% [markdown] hints="task_switcher"
# <details><summary>Hint 1: a nudge</summary>
#
# Hint
#
# <details><summary>Hint 2: where to look</summary>
#
# Hint
#
# <details><summary>Hint 3: nearly there</summary>
#
# Hint
#
# </details></details></details>

