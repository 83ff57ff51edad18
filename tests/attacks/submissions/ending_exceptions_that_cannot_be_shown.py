# %% [markdown]
# Raises an exception whose text, name, class and traceback all raise when somebody looks at them.
# %% question="freeze"
class Meta(type):
    def __getattribute__(cls, name):
        if name in ("__name__", "__qualname__", "__module__"):
            raise SystemExit("no name")
        return super().__getattribute__(name)


class Unspeakable(BaseException, metaclass=Meta):
    def __str__(self):
        raise KeyboardInterrupt

    __repr__ = __str__


def freeze(module):
    raise Unspeakable
