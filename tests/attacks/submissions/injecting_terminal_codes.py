# %% [markdown]
# Puts terminal codes, direction marks and line ends into whatever may be shown in a table: a title, a link, a forged row.
# %% question="freeze"
class Loud(Exception):
    pass


Loud.__name__ = "\x1b]0;owned\x07\x1b[2J\x9b31m"


def freeze(module):
    raise Loud("\x1b[1A\x1b[2Kmallory 10/10 ●●●●●\r\nnext 0/10\x1b]8;;https://example.org\x07[link=x]\u202e\u2066\x00\x08\x7f\ud800")
