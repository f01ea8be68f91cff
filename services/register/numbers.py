"""Room numbers that are taken by the time a chunk is written.

A preview may be a week old. Until it is written, another home of the unit may get the number of
a row by a correction, or another import may add the room under another spelling. Such a row
makes no second home: it is left out and counted.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.kernel.paths import parent
from services.places import actions as places
from services.places import imports
from services.places.models import Place, Usage
from services.register.models import Import
from services.register.sheet.models import ListedHome
from services.register.sheet.names import room_key

ZEROS: Final = ("", "0", "00")  # 101, 0101 and 00101 are most likely one room


async def taken(
    deps: Dependencies,
    tx: Transaction,
    found: Import,
    homes: Iterable[ListedHome],
    there: Mapping[str, Place],
) -> set[str]:
    """Return the paths of rows that would be new homes with the number of a standing one.

    Their units are locked: who gives a home there another number waits for this transaction.
    """
    paths = {home.path(found.place): home for home in homes if not home.repeats}
    fresh = {p: h for p, h in paths.items() if p not in there and parent(p) in there}
    if not fresh:
        return set()
    await imports.lock(deps, tx, sorted({parent(path) or "" for path in fresh}))
    renumbered = await imports.renumbered(deps, found.place, tx=tx)
    others = {path: list(_spellings(path, home)) for path, home in fresh.items()}
    near = await places.find_many(deps, [p for some in others.values() for p in some], tx=tx)
    standing = {p.id for p in near if p.usage is Usage.FLAT and p.retired_from is None}
    return {
        path
        for path, home in fresh.items()
        if (parent(path) or "", home.name) in renumbered or standing.intersection(others[path])
    }


def _spellings(path: str, home: ListedHome) -> Iterator[str]:
    """Yield the paths under which the same flat may have been written."""
    if home.usage is Usage.FLAT:
        key = room_key(home.home)
        same = (f"{parent(path)}.{zeros}{key}" for zeros in ZEROS)
        yield from (other for other in same if other != path)
