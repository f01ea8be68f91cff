"""The tree of places: who may add to it, and what a place is called."""

from collections.abc import Sequence

from services import errors
from services.dependencies import Dependencies, Transaction
from services.paths import parent
from services.permissions import Actor, Permission, require_at
from services.places import store
from services.places.models import LADDER, Kind, NewPlace, Place, PlaceView


class PlaceExists(errors.Conflict):
    code = "place_exists"


class WrongStep(errors.InvalidInput):
    """A compound lies under a community, a unit under a building, and so on."""

    code = "place_wrong_step"


async def access_place(
    deps: Dependencies, actor: Actor, path: str, permission: Permission
) -> Place:
    """Return a place where the actor holds `permission`. NotFound otherwise."""
    require_at(actor, permission, path)
    return await get(deps, path)


async def get(deps: Dependencies, path: str) -> Place:
    place = await store.find(deps.db, path)
    if place is None:
        raise errors.NotFound("没有找到这个地方")
    return place


async def add(deps: Dependencies, actor: Actor, request: NewPlace) -> PlaceView:
    """Add a place under one the actor manages."""
    require_at(actor, Permission.MANAGE_PLACES, parent(request.path) or request.path)
    return view(await found(deps, request))


async def found(deps: Dependencies, request: NewPlace) -> Place:
    """Add a place without an actor: the command line, for the first rungs of the ladder."""
    above = parent(request.path)
    upper = await store.find(deps.db, above) if above else None
    if above and upper is None:
        raise errors.NotFound("上级还没有登记,请先登记上级", path=above)
    rung = request.path.count(".")  # `compound_of` and all who range over places rely on it
    expected = LADDER[rung] if rung < len(LADDER) else None
    if request.kind is not expected or request.kind is Kind.HOME:
        raise WrongStep("层级不对,请检查上级", expected=expected)
    place = Place(
        id=request.path,
        kind=request.kind,
        name=request.name,
        address=address(upper, request.kind, request.name),
        created_at=deps.now(),
    )
    if above and not await use(deps, [above]):
        raise errors.NotFound("上级已被撤回,请刷新后再试", path=above)
    if not await store.insert(deps.db, place):
        raise PlaceExists("这个编号已经登记过", path=request.path)
    return place


def address(upper: Place | None, kind: Kind, name: str) -> str:
    """Name a place as people say it: from the compound down, joined without blanks."""
    if upper is None or LADDER.index(kind) <= LADDER.index(Kind.COMPOUND):
        return name
    return upper.address + name


def view(place: Place) -> PlaceView:
    return PlaceView(
        path=place.id,
        kind=place.kind,
        name=place.name,
        address=place.address,
        area=place.area,
        usage=place.usage,
    )


async def listing(
    deps: Dependencies, actor: Actor, path: str, kind: Kind, *, after: str, limit: int
) -> list[PlaceView]:
    """Return places of one kind under a place, by path."""
    await access_place(deps, actor, path, Permission.VIEW_PLACES)
    places = await store.of_kind_under(deps.db, path, kind, after=after, limit=limit)
    return [view(place) for place in places]


async def addresses(deps: Dependencies, paths: Sequence[str]) -> dict[str, str]:
    """Return path → address for the places that exist; one query however many."""
    return {place.id: place.address for place in await store.find_many(deps.db, paths)}


def compound_of(path: str, *, depth: int = LADDER.index(Kind.COMPOUND) + 1) -> str:
    """Return the compound a path lies in: the ladder has a fixed number of rungs."""
    return ".".join(path.split(".")[:depth])


async def use(
    deps: Dependencies, paths: Sequence[str], tx: Transaction | None = None
) -> list[str]:
    """Mark places as used by a bill, a role or anything else, and return those that exist.

    Whoever hangs something on a place calls this in the same transaction and leaves out the
    places that are gone: an import that made a place may be undone until it is used.
    """
    return await store.mark_used(deps.db, paths, tx)


homes_under = store.of_kind_under
find_many = store.find_many
made_by = store.made_by
any_used = store.any_used
put = store.put
delete_unused = store.delete_unused
empty_of = store.empty_of
count_homes = store.count_homes
