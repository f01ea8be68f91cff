"""Names that changed between the checkouts: the first one that is there."""

import importlib
import importlib.util
from typing import Any

from bench.speed.within.site import Site


def module(*names: str) -> Any:
    """Import the first of these modules that there is. Raises ModuleNotFoundError for none."""
    for name in names:
        if is_there(name):
            return importlib.import_module(name)
    raise ModuleNotFoundError(" or ".join(names))


async def has(_: Site, *, module: str) -> bool:
    """Tell whether the checkout has a module."""
    return is_there(module)


def is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # of a package above it
        return False
