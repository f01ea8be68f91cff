"""Cells merged downwards: the value of the first holds for all rows of the range."""

from collections.abc import Iterable, Mapping
from typing import Final

from services.register.cells import text_of
from services.register.headings import Field
from services.register.models import Cell

Range = tuple[tuple[int, int], tuple[int, int]]  # first and last cell: row, column from 0
# An area written once for several homes belongs to none of them.
FILLED: Final = frozenset(set(Field) - {Field.AREA})


class Merged:
    def __init__(self, ranges: Iterable[Range], columns: Mapping[Field, int]) -> None:
        """`columns`: meaning → column of the sheet, from 0."""
        fields = {column: field for field, column in columns.items() if field in FILLED}
        self._last_row = {
            (first[0], fields[first[1]]): last[0]
            for first, last in ranges
            if first[1] in fields and last[0] > first[0]
        }
        self._open: dict[Field, tuple[int, Cell]] = {}

    def fill(self, index: int, row: dict[Field, Cell]) -> set[Field]:
        """Write into a row's empty cells what is merged over them; return which were filled.

        `index`: of the row, from 0. Rows must come in their order.
        """
        filled = set()
        for field, cell in list(row.items()):
            starts = self._last_row.get((index, field))
            if starts is not None:
                self._open[field] = (starts, cell)
                continue
            last, value = self._open.get(field, (-1, None))
            if index <= last and not text_of(cell):
                row[field] = value
                filled.add(field)
        return filled
