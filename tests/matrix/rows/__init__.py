"""Rows of the matrix: one for every verb and path. See the docstring of tests/matrix."""

import importlib
import pkgutil
from typing import Final

from tests.matrix.row import Row

ROWS: Final[tuple[Row, ...]] = tuple(
    row
    for found in pkgutil.iter_modules(__path__)
    for row in importlib.import_module(f"{__name__}.{found.name}").ROWS
)
