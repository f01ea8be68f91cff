"""Room numbers that are taken by the time a chunk is written.

A preview may be a week old. Until it is written, another home of the unit may get the number of
a row by a correction, or another import may add the room under another spelling. Such a row
makes no second home: it is left out and counted.
"""

from collections.abc import Iterable, Mapping

from services.dependencies import Dependencies, Transaction
from services.kernel.paths import parent
from services.places import homes as place_homes
from services.places import imports
from services.places.doors import door_key
from services.places.models import Place
from services.register.models import Import
from services.register.sheet.models import ListedHome


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
    units = sorted({parent(path) or "" for path in fresh})
    if not units:
        return set()
    await imports.lock(deps, tx, units)
    standing = await place_homes.numbers_under(deps, tx, units)
    return {
        path
        for path, home in fresh.items()
        if (parent(path) or "", door_key(home.name)) in standing
    }
