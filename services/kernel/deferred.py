"""Deferred imports: of modules that most processes never need, at the first use of theirs.

A library that only some acts need costs every process its start and its memory. Its module is
imported for the tools and deferred for Python:

    if TYPE_CHECKING:
        import xlsxwriter
    else:
        xlsxwriter = deferred("xlsxwriter")

Which these are, and that none is imported in another way, is one table with its tests:
tests/architecture/test_deferred.py. What takes long to import is first used in a thread.
"""

import importlib
from typing import Any


class _Deferred:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib.import_module(self._name), attribute)


def deferred(module: str) -> Any:
    """Return what stands for a module and imports it when something of it is asked for."""
    return _Deferred(module)
