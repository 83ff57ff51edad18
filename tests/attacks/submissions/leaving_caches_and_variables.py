# %% [markdown]
# Leaves variables, compiled files and caches for the next learner: environment, __pycache__, torch and Hugging Face caches.
# %% question="freeze"
import builtins
import os
import sys

import torch

os.environ["TL_ATTACK_MARK"] = os.environ["tl_attack_mark"] = "1"
os.putenv("tl_attack_mark_put", "1")
builtins.tl_attack_mark = torch.tl_attack_mark = True
sys.path.append("/tmp/tl_attack_mark")
for folder in (os.environ["HF_HOME"], os.environ["TORCH_HOME"], os.environ["MPLCONFIGDIR"], "/tmp", "/var/tmp", "/dev/shm", "/run", "/run/lock", "/var/cache", "/dev/mqueue"):
    for name in ("tl_attack_mark", "__pycache__/tl_attack_mark.pyc"):
        try:
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            open(os.path.join(folder, name), "w").write("1")
        except OSError:
            pass
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
sys.setrecursionlimit(50)


def freeze(module):
    return module
