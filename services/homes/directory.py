"""Directory of homes: the places of one rung below another, without the people in them."""

from services.dependencies import Dependencies
from services.homes.models import DirectoryEntry
from services.kernel import errors
from services.places import actions as places
from services.places.doors import shown_name
from services.places.models import LADDER


async def children(
    deps: Dependencies, above: str | None, *, after: str, limit: int
) -> list[DirectoryEntry]:
    """Places directly below `above`, by path, or the cities. Raises NotFound for no place."""
    if above is None:
        found = await places.cities(deps, after=after, limit=limit)
    else:
        await places.get(deps, above)
        rung = above.count(".") + 1
        if rung >= len(LADDER):
            raise errors.NotFound("这里下面没有了")
        found = await places.of_kind_under(deps, above, LADDER[rung], after=after, limit=limit)
    return [DirectoryEntry(path=p.id, kind=p.kind, name=shown_name(p)) for p in found]
