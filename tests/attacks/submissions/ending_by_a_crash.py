# %% [markdown]
# Crashes the interpreter: reads from address zero.
# %% question="freeze"
import ctypes


def freeze(module):
    ctypes.string_at(0)
