"""Actions on the tree of places: adding to it, reading it, holding and using a place."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.pages import ListQuery, Page
from services.kernel.paths import outermost, parent
from services.kernel.permissions import Actor, Permission, require_at
from services.kernel.unions import Part
from services.kernel.views import show
from services.places import measures, store
from services.places.doors import shown_address, shown_name
from services.places.models import (
    LADDER,
    ContactLine,
    Kind,
    NewPlace,
    Place,
    PlacesQuery,
    PlaceView,
    TakenPath,
)

MISSING: Final = "没有找到这个地方"


class PlaceExists(errors.Conflict):
    code = "place_exists"
    details_type = TakenPath


class ContactWrongPlace(errors.InvalidInput):
    """Communities and compounds have an office that answers; other places have none."""

    code = "contact_wrong_place"


class DebtsWrongPlace(errors.InvalidInput):
    """Each community says it for all of its heads, and nobody else."""

    code = "debts_wrong_place"


class OtherCity(errors.Conflict):
    """An installation is one city's: its books and merchant accounts are one."""

    code = "other_city"
    details_type = TakenPath


class WrongStepDetails(Struct, frozen=True, kw_only=True):
    """Kind of place that fits there.

    `expected`: Kind of place that can lie below the one above; null for none.
    """

    expected: Kind | None


class WrongStep(errors.InvalidInput):
    """A compound lies under a community, a unit under a building, and so on."""

    code = "place_wrong_step"
    details_type = WrongStepDetails


async def access_place(
    deps: Dependencies, actor: Actor, path: str, permission: Permission
) -> Place:
    """Return a place where the actor holds `permission`. NotFound otherwise."""
    found = await store.find(deps.db, path)
    return accessible(actor, found, permission, at=lambda place: place.id, missing=MISSING)


async def get(deps: Dependencies, path: str) -> Place:
    """Return a place. NotFound otherwise."""
    place = await store.find(deps.db, path)
    if place is None:
        raise errors.NotFound(MISSING)
    return place


async def add(deps: Dependencies, actor: Actor, request: NewPlace) -> PlaceView:
    """Add a place under one the actor manages."""
    require_at(actor, Permission.MANAGE_PLACES, parent(request.path) or request.path)
    return view(await _add(deps, actor, request))


async def create(deps: Dependencies, request: NewPlace) -> Place:
    """Add a place without an actor: the command line, for the first rungs of the ladder."""
    return await _add(deps, None, request)


async def found(deps: Dependencies, request: NewPlace) -> Place:
    """Return a city, added now if it is not there: the command line, where nobody is yet.

    Raises PlaceExists when it has another name, OtherCity when another city is there.
    """
    known = await store.find(deps.db, request.path)
    if known is None:
        for city in (await store.cities(deps.db, ListQuery(limit=1))).items:
            raise OtherCity(f"这里已经是{city.name}的系统,一个系统只服务一个城市", path=city.id)
        return await create(deps, request)
    if (known.kind, known.name) != (request.kind, request.name):
        raise PlaceExists("这个编号已经登记过", path=request.path)
    return known


async def _add(deps: Dependencies, actor: Actor | None, request: NewPlace) -> Place:
    async def save(tx: Transaction) -> Place:
        upper = await _upper(deps, tx, request)
        place = Place(
            id=request.path,
            kind=request.kind,
            name=request.name,
            address=address(upper, request.kind, request.name),
            created_at=deps.now(),
        )
        await store.insert(deps.db, tx, place)
        if place.kind is Kind.HOME:
            await measures.add(deps, tx, [place.id])
        if actor is not None:
            await audit.record(deps, tx, actor, Act.PLACE_ADDED, place=place.id)
        return place

    try:
        return await deps.in_transaction(save)
    except DuplicateKeyError:
        raise PlaceExists("这个编号已经登记过", path=request.path) from None


async def _upper(deps: Dependencies, tx: Transaction, request: NewPlace) -> Place | None:
    """Return the place above, marked as used; NotFound, or WrongStep off the ladder."""
    above = parent(request.path)
    if above and not await use(deps, [above], tx=tx):
        raise errors.NotFound("上级还没有登记,请先登记上级", path=above)
    upper = await store.find(deps.db, above, tx=tx) if above else None
    rung = request.path.count(".")  # `compound_of` and all who range over places rely on it
    expected = LADDER[rung] if rung < len(LADDER) else None
    beside = upper is not None and upper.kind is not LADDER[rung - 1]  # under a grid, say
    if request.kind is not expected or request.kind is Kind.HOME or beside:
        raise WrongStep("层级不对,请检查上级", expected=expected)
    return upper


def address(upper: Place | None, kind: Kind, name: str) -> str:
    """Name a place as people say it: from the compound down, joined without blanks."""
    if upper is None or LADDER.index(kind) <= LADDER.index(Kind.COMPOUND):
        return name
    return upper.address + name


def view(place: Place) -> PlaceView:
    """Show a place to whoever may see places: repairers and districts are strangers too."""
    name, address = shown_name(place), shown_address(place)
    debts = place.heads_see_debts if place.kind is Kind.COMMUNITY else None
    return show(
        place, PlaceView, path=place.id, name=name, address=address, heads_see_debts=debts
    )


async def listing(
    deps: Dependencies, actor: Actor, path: str, query: PlacesQuery
) -> Page[PlaceView]:
    """Return places of one kind under a place, by path unless asked otherwise."""
    await access_place(deps, actor, path, Permission.VIEW_PLACES)
    return (await store.page(deps.db, path, query)).map(view)


async def set_contact(
    deps: Dependencies, actor: Actor, path: str, contact: ContactLine
) -> PlaceView:
    """Write down the line of a community's or compound's office. Raises ContactWrongPlace."""
    place = await access_place(deps, actor, path, Permission.MANAGE_PLACES)
    if place.kind not in {Kind.COMMUNITY, Kind.COMPOUND}:
        raise ContactWrongPlace("请把联系电话登记在社区或小区上")

    async def save(tx: Transaction) -> None:
        await store.set_contact(deps.db, tx, path, contact)
        await audit.record(deps, tx, actor, Act.PLACE_CONTACT_CHANGED, place=path)

    await deps.in_transaction(save)
    place.contact = contact
    return view(place)


async def let_heads_see_debts(
    deps: Dependencies, actor: Actor, path: str, *, allowed: bool
) -> PlaceView:
    """Say whether a community's heads see which homes owe. Raises DebtsWrongPlace.

    Whoever holds a head's office there has the permission, or not, on the next request.
    """
    place = await access_place(deps, actor, path, Permission.MANAGE_PLACES)
    if place.kind is not Kind.COMMUNITY:
        raise DebtsWrongPlace("请在社区上设定")

    async def save(tx: Transaction) -> None:
        await store.set_heads_see_debts(deps.db, tx, path, allowed=allowed)
        act = Act.HEADS_DEBTS_SET
        await audit.record(deps, tx, actor, act, place=path, allowed=allowed)

    await deps.in_transaction(save)
    place.heads_see_debts = allowed
    return view(place)


async def hiding_debts(deps: Dependencies, paths: Sequence[str]) -> set[str]:
    """Return those of the communities of some places that hide from heads which homes owe."""
    return await store.hiding_debts(deps.db, _communities_of(paths))


def part_hiding_debts(paths: Sequence[str]) -> Part[Document]:
    """Return the query for the ids of what `hiding_debts` returns, to be read with others."""
    return store.part_hiding_debts(_communities_of(paths))


def _communities_of(paths: Sequence[str]) -> list[str]:
    return sorted({community_of(path) for path in paths})


async def hiding_debts_around(deps: Dependencies, paths: Sequence[str]) -> set[str]:
    """Return the communities around or under some places that hide from heads who owes."""
    found = await hiding_debts(deps, paths)  # of a place above them none is found by its path
    for path in outermost(each for each in paths if each.count(".") + 1 < Kind.COMMUNITY.depth):
        found |= await store.hiding_debts_under(deps.db, path)
    return found


async def find_many(
    deps: Dependencies, paths: Sequence[str], *, tx: Transaction | None = None
) -> list[Place]:
    """Return those of these places that exist, by path."""
    return await store.find_many(deps.db, paths, tx=tx)


async def merges_of(
    deps: Dependencies, homes: Sequence[str], *, tx: Transaction | None = None
) -> dict[str, str]:
    """Return home → the one that it was merged into, of those homes that were."""
    found = await store.find_many(deps.db, homes, tx=tx)
    return {home.id: home.merged_into for home in found if home.merged_into}


async def of_kind_under(
    deps: Dependencies, path: str, kind: Kind, *, after: str, limit: int, retired: bool = False
) -> list[Place]:
    """Return places of one kind under a place, by path: for other packages, not for people.

    `retired`: also homes that are retired, which were billed for the time before.
    """
    return await store.of_kind_under(
        deps.db, path, kind, after=after, limit=limit, retired=retired
    )


async def children(deps: Dependencies, above: str | None, query: ListQuery) -> Page[Place]:
    """Return the places directly below one, by path, or the cities: for other packages.

    Raises NotFound for no place, and for a home.
    """
    if above is None:
        return await store.cities(deps.db, query)
    await get(deps, above)
    rung = above.count(".") + 1
    if rung >= len(LADDER):
        raise errors.NotFound("这里下面没有了")
    part = PlacesQuery(kind=LADDER[rung], limit=query.limit, cursor=query.cursor)
    return await store.page(deps.db, above, part)


async def addresses(deps: Dependencies, paths: Sequence[str]) -> dict[str, str]:
    """Return path → address for the places that exist; one query however many.

    The address of a home ends with what its door shows: neighbours and strangers read it too.
    """
    return addresses_in(await store.find_many(deps.db, paths))


def part(paths: Sequence[str]) -> Part[Place]:
    """Return the query for places, to be read with others."""
    return store.part(paths)


def addresses_in(found: Sequence[Place]) -> dict[str, str]:
    """Return path → address of places that were read."""
    return {place.id: shown_address(place) for place in found}


def compound_of(path: str) -> str:
    """Return the compound a path lies in: the ladder has a fixed number of rungs."""
    return ".".join(path.split(".")[: Kind.COMPOUND.depth])


def community_of(path: str) -> str:
    """Return the community a path lies in; of a place above one the place itself."""
    return ".".join(path.split(".")[: Kind.COMMUNITY.depth])


async def use(
    deps: Dependencies, paths: Sequence[str], *, tx: Transaction | None = None
) -> list[str]:
    """Mark places as used by a bill, a role or anything else, and return those that exist.

    Whoever hangs something on a place calls this in the same transaction and leaves out the
    places that are gone: an import that made a place may be undone until it is used.
    """
    return await store.mark_used(deps.db, paths, tx=tx)


async def hold(deps: Dependencies, tx: Transaction, path: str) -> Place | None:
    """Use a place and keep others from holding it until this transaction ends.

    For what must be looked up and written as one: of two at once, the second starts again
    and sees what the first wrote.
    """
    return await store.hold(deps.db, tx, path)
