"""Pending changes of sums: what they come to, with the documents of the members that moved.

The rows are as if no pending change had been made, and the documents are as all of them left
them: so all changes of a member that are seen count together, in one state of the database.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from services.dependencies import Database, Transaction
from services.kernel.sums import Cells, Moved, SumSource, Wanted
from services.place_sums.models import Pending


async def come_to(
    db: Database,
    session: Transaction,
    source: SumSource,
    found: Iterable[Pending],
    wanted: Wanted | None = None,
) -> dict[str, Cells]:
    """Return unit → what all of its pending changes come to.

    `wanted`: what is read of it, but for its months; without it, all that the rows have.
    """
    sums = defaultdict[str, Cells](Counter)
    units: dict[str, str] = {}
    moved: dict[str, Moved] = {}
    for each in found:
        cells = sums[each.place]
        for cell, amount in each.change.cells.items():
            cells[cell] += amount
        for member, more in each.change.members.items():
            units[member] = each.place
            moved[member] = _both(moved[member], more) if member in moved else more
    is_wanted = wanted is None or wanted.members is not None
    if moved and is_wanted and source.of_members:
        members = wanted.members if wanted else None
        changed = await source.of_members(db, session, moved, members)
        for member, cells in changed.items():
            of_unit = sums[units[member]]
            for cell, amount in cells.items():
                of_unit[cell] += amount
    return sums


def _both(one: Moved, other: Moved) -> Moved:
    both = Counter(one)
    both.update(other)
    return both
