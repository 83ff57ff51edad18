# %% [markdown]
# Prints without end, to every stream, and displays megabytes.
# %% question="freeze"
import os
import sys


def freeze(module):
    for _ in range(2000):
        print("x" * 10_000)
        sys.stderr.write("y" * 10_000)
        for number in (1, 2):
            try:
                os.write(number, b"z" * 10_000)
            except OSError:
                pass
    sys.__stdout__.write("\x1b[2J")
    return "w" * 199_000
