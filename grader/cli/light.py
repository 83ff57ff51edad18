"""A quicker start for verbs that somebody waits for."""

import sys


def without_name_parsers() -> None:
    """Import nbformat, which reads notebooks, at a tenth of its cost: 0.06 CPU seconds in the place of 0.9.

    jsonschema builds 38 parsers of international addresses where the package for them (rfc3987-syntax) is installed, as
    Jupyter has it be; no schema of a notebook holds such an address. Without the package jsonschema leaves them out.
    """
    name = "rfc3987_syntax"
    if name in sys.modules or "jsonschema" in sys.modules:
        return
    sys.modules[name] = None  # type: ignore[assignment]  # what Python takes for "not installed"
    try:
        import nbformat  # noqa: F401
    finally:
        del sys.modules[name]
