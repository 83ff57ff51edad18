"""Which names a cell binds, and which it needs from other cells. Cells may hold magics; nothing is run."""

import builtins
import re
import symtable

_MAGIC = re.compile(r"^[ \t]*[%!].*$", re.MULTILINE)
_KNOWN = {*dir(builtins), "get_ipython", "display", "__name__", "__file__", "__doc__"}


def without_magics(source: str) -> str:
    """A cell as plain Python: its lines that begin with % or ! are empty."""
    return _MAGIC.sub("", source)


def bound(source: str) -> set[str]:
    """The names that a cell defines, imports or assigns at its top level; none where it is no Python."""
    return _names(source)[0]


def needed(source: str) -> set[str]:
    """The names that a cell uses and does not bind itself, built-in ones left out; none where it is no Python."""
    binds, uses = _names(source)
    return uses - binds - _KNOWN


def _names(source: str) -> tuple[set[str], set[str]]:
    try:
        table = symtable.symtable(without_magics(source), "<cell>", "exec")
    except SyntaxError:
        return set(), set()
    binds: set[str] = set()
    uses: set[str] = set()
    tables = [table]
    while tables:
        inner = tables.pop()
        tables += inner.get_children()
        for symbol in inner.get_symbols():
            if inner is table or symbol.is_global():
                if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
                    binds.add(symbol.get_name())
                elif symbol.is_referenced():
                    uses.add(symbol.get_name())
    return binds, uses
