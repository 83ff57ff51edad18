# What an honest learner's cell finds where another was before: nothing.
import builtins
import os
import sys
import threading

import torch
from IPython import get_ipython

_mark = "tl_attack_mark"
_places = [".", "..", os.environ["HOME"], os.environ["TMPDIR"], "/tmp", "/var/tmp", "/dev/shm", *sys.path]
_places += [os.path.join(os.environ["IPYTHONDIR"], "profile_default", "startup"), os.environ["MPLCONFIGDIR"]]
_left = []
for _place in _places:
    try:
        _left += [os.path.join(_place, name) for name in os.listdir(_place) if _mark in name]
    except OSError:
        pass
_left += [name for name in [*os.environ, *dir(builtins), *sys.modules, *dir(torch), *sys.path] if _mark in name]
_left += [thread.name for thread in threading.enumerate() if _mark in thread.name]
_left += [str(hook) for hook in [*sys.meta_path, *get_ipython().ast_transformers] if _mark in repr(hook)]
_left += [str(name) for name in get_ipython().user_ns if _mark in name]
if _left:
    raise RuntimeError(f"another was here: {_left}")
