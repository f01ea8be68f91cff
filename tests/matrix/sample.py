"""Sample of the matrix: the cells asked by day; with --nightly all are, with --short a part.

A class of cells is what one rule decides alike: of one row, one aim, one outcome and, where it
counts, one position or one role of who asks. Of each class one cell is chosen: the one
that shows most of what no chosen cell has shown yet, so that each role is let in by each of its
permissions, is refused for want of every other, and everybody asks for something.
"""

from collections.abc import Hashable, Iterator, Sequence
from itertools import islice

from tests.matrix.judge import REFUSED
from tests.matrix.row import Cell, Row
from tests.matrix.rules import Outcome

Cells = dict[str, tuple[Cell, ...]]


def chosen(rows: Sequence[Row], *, every: int) -> Cells:
    """Return the cells to ask, by the name of their row: one of each class, and more.

    `every`: 1 to ask every cell; n to ask one of n beside the sample, in each row others; 0 to
    ask the sample alone.
    """
    if every == 1:
        return {row.name: tuple(row.cells()) for row in rows}
    sample = _sample(rows)
    if not every:
        return sample
    return {
        row.name: tuple(dict.fromkeys((*sample[row.name], *_one_of(row, every, number))))
        for number, row in enumerate(rows)
    }


def _one_of(row: Row, every: int, number: int) -> Iterator[Cell]:
    return islice(row.cells(), number % every, None, every)


def _sample(rows: Sequence[Row]) -> Cells:
    shown: set[Hashable] = set()
    found: dict[str, list[Cell]] = {}
    for row in rows:
        classes: dict[Hashable, list[Cell]] = {}
        for cell in row.cells():
            classes.setdefault(class_of(row, cell), []).append(cell)
        for cells in classes.values():
            best = max(cells, key=lambda cell: len(shows(row, cell) - shown))
            found.setdefault(row.name, []).append(best)
            shown |= shows(row, best)
    return {row.name: (*found[row.name], *_missing(row, shown)) for row in rows}


def _missing(row: Row, shown: set[Hashable]) -> Iterator[Cell]:
    """Yield cells of a row that show what none has shown, and note that they do."""
    for cell in row.cells():
        if shows(row, cell) - shown:
            shown |= shows(row, cell)
            yield cell


def class_of(row: Row, cell: Cell) -> Hashable:
    """Return what is decided alike: by where one stands, or by what one is.

    What changes something costs most, and any seat that may will do.
    """
    kind: Hashable = None
    if cell.outcome is Outcome.MISSING:  # held elsewhere: each position is another elsewhere
        kind = cell.post.position
    elif cell.outcome not in REFUSED and row.verb == "get" and not row.rule.open:
        kind = cell.post.position if cell.aim.place else tuple(r for r, _ in cell.post.roles)
    return cell.aim, cell.outcome, kind


def shows(row: Row, cell: Cell) -> frozenset[Hashable]:
    """Return what a cell shows besides its row: who asks, and what became of a permission."""
    needs = row.rule.needs(row.contract)
    roles = tuple(role for role, _ in cell.post.roles)
    return frozenset({cell.post, (needs, roles, cell.outcome)})


def again(row: Row, *, every: bool) -> tuple[Cell, ...]:
    """Return the cells of an old confirmation to ask: all, or the first."""
    cells = tuple(row.again())
    return cells if every else cells[:1]
