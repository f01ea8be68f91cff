"""Finding one's home: the places of one rung below another, without anybody in them."""

from services.dependencies import Dependencies
from services.homes.models import DirectoryEntry
from services.kernel import errors
from services.places import actions as places
from services.places import store as places_store
from services.places.models import LADDER


async def children(
    deps: Dependencies, above: str | None, *, after: str, limit: int
) -> list[DirectoryEntry]:
    """Places directly below one, or the cities. NotFound for no such place."""
    if above is None:
        found = await places_store.cities(deps.db, after=after, limit=limit)
    else:
        await places.get(deps, above)
        rung = above.count(".") + 1
        if rung >= len(LADDER):
            raise errors.NotFound("这里下面没有了")
        found = await places_store.of_kind_under(
            deps.db, above, LADDER[rung], after=after, limit=limit
        )
    return [DirectoryEntry(path=p.id, kind=p.kind, name=p.name) for p in found]
