"""Cells merged downwards: which rows they hold for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from services.register.sheet.cells import Cell, text_of
from services.register.sheet.headings import Range
from services.register.sheet.models import Field

# An area written once for several homes belongs to none of them.
FILLED: Final = frozenset(set(Field) - {Field.AREA})


def tall(ranges: Iterable[Range], column: int) -> Iterator[tuple[int, int]]:
    """Yield first and last row of the cells of a column that are merged downwards, from 0."""
    for (first, at), (last, _) in ranges:
        if at == column and last > first:
            yield first, last


def repeated_homes(
    rows: Iterable[Sequence[str]], areas: Mapping[int, int]
) -> Iterator[tuple[int, int]]:
    """Yield first and last row of the merged areas beside which one home is written each time.

    Where 502 stands in two rows beside one area, for two owners, the area is of 502. `rows`:
    words of building, unit and home, the last one the home; `areas`: first row → last row.
    """
    begun, end, same = 0, -1, False
    above: Sequence[str] = ()
    for row, words in enumerate(rows):
        if row in areas:
            begun, end, same, above = row, areas[row], words[-1] != "", words
        elif row <= end:
            pairs = zip(words, above, strict=True)
            same = same and words[-1] != "" and all(word in {"", was} for word, was in pairs)
            if row == end and same:
                yield begun, end


class Merged:
    """Cells merged downwards: the value of the first holds for all rows of the range."""

    def __init__(self, ranges: Iterable[Range], columns: Mapping[Field, int]) -> None:
        """`columns`: meaning → column of the sheet, from 0."""
        fields = {column: field for field, column in columns.items()}
        tall = [
            (first[0], last[0], fields[first[1]])
            for first, last in ranges
            if first[1] in fields and last[0] > first[0]
        ]
        self._last_row = {(first, field): last for first, last, field in tall}
        self._open: dict[Field, tuple[int, int, Cell]] = {}  # first and last row, value

    def fill(self, index: int, row: dict[Field, Cell]) -> set[Field]:
        """Fill a row's empty cells with the values merged over them; return which were filled.

        `index`: of the row, from 0. Rows must come in their order.
        """
        filled = set[Field]()
        if not self._last_row:
            return filled
        for field, cell in list(row.items()):
            starts = self._last_row.get((index, field))
            if starts is not None:
                self._open[field] = (index, starts, cell)
            elif self.covers(index, field) and field in FILLED and not text_of(cell):
                row[field] = self._open[field][2]
                filled.add(field)
        return filled

    def covers(self, index: int, field: Field) -> bool:
        """Tell whether a merged cell of this column lies over the row."""
        return index <= self._open.get(field, (-1, -1, None))[1]

    def beyond_home(self, index: int, field: Field) -> bool:
        """Tell whether a merged cell of this column lies over more homes than the row's own."""
        if not self.covers(index, field):
            return False
        first, last, _ = self._open[field]
        home_first, home_last, _ = self._open.get(Field.HOME, (-1, -1, None))
        return not (home_first <= first and last <= home_last)
