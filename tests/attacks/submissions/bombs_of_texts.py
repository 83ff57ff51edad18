# %% [markdown]
# Raises an exception with a text of gigabytes, made when it is asked for.
# %% question="freeze"
class Long(Exception):
    def __str__(self):
        return "<b>" * 2**24

    @property
    def args(self):
        return ("x" * 2**26,)


def freeze(module):
    raise Long
