"""Pending changes of sums: what they come to, with the documents of the members that moved.

The rows are as if no pending change had been made, and the documents are as all of them left
them: so all changes of a member that are seen count together, in one state of the database.
"""

from collections import Counter
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
    sums: dict[str, Cells] = {}
    units: dict[str, str] = {}
    moved: dict[str, Moved] = {}
    for each in found:
        sums.setdefault(each.place, Counter()).update(each.change.cells)
        for member, more in each.change.members.items():
            units[member] = each.place
            moved.setdefault(member, Counter()).update(more)
    is_wanted = wanted is None or wanted.members is not None
    if moved and is_wanted and source.of_members:
        members = wanted.members if wanted else None
        changed = await source.of_members(db, session, moved, members)
        for member, cells in changed.items():
            sums[units[member]].update(cells)
    return sums
