"""The job that writes a confirmed import, chunk by chunk, one transaction each.

Every id follows from the file, so a chunk written twice is a chunk written once; the mark moves
in the same transaction, so that of two workers only one writes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.accounts import residents
from services.accounts.models import Enrolment
from services.dependencies import Dependencies, Transaction
from services.jobs.models import Permanent
from services.kernel.days import day_of
from services.kernel.documents import Document
from services.kernel.paths import ancestors
from services.places import actions as places
from services.places import store as places_store
from services.places.models import Kind, Place, Usage
from services.register import keeping, store
from services.register.comparing import path_of
from services.register.models import Import, ListedHome
from services.register.segments import NO_UNIT
from services.register.states import Action, State

APPLY: Final = "register.apply"
# MongoDB ends a transaction after 60 s: by then none is left that cannot see what we wrote.


async def apply(deps: Dependencies, payload: Document) -> None:
    """Write an import from where it stands to its end, then delete its rows."""
    while True:
        found = await store.find(deps.db, payload["import_id"])
        if found is None or found.run != payload["run"]:
            return
        if found.state is not State.APPLYING:
            await keeping.drop_rows(deps, found)
            return
        number = int(found.mark or 0)
        if number < found.chunks:
            await write_chunk(deps, found, number)
        else:
            await _finish(deps, found)


async def write_chunk(deps: Dependencies, found: Import, number: int) -> None:
    """Write the homes of one chunk and the people in them, all or nothing."""
    try:
        homes = await keeping.rows(deps, found, number)
    except keeping.ChunkGone as error:
        raise Permanent(f"rows {error} of a confirmed import are gone") from None
    compound = await places.get(deps, found.place)
    paths = sorted({path for home in homes for path in _paths(found, home)})
    rows = sum(not home.repeats for home in homes)

    async def write(tx: Transaction) -> None:
        mark = str(number + 1)
        if not await store.step(deps.db, found, Action.FINISH, tx, mark=mark, done=rows):
            return
        there = {place.id: place for place in await places_store.find_many(deps.db, paths, tx)}
        fresh = {p.id: p for home in homes for p in _tree(found, compound, home, there)}
        await places_store.put(deps.db, list(fresh.values()), tx)
        mine = {p for p in paths if p not in there or there[p].source == found.id}
        people = list(_enrolments(found, homes, mine))
        from_day = day_of(found.confirmed_at or deps.now())
        await residents.enrol(deps, tx, people, source=found.id, from_day=from_day)

    await deps.in_transaction(write)


def _paths(found: Import, home: ListedHome) -> list[str]:
    """Return the paths of the building, the unit and the home."""
    return ancestors(path_of(found.place, home))[-3:]


def _tree(
    found: Import, compound: Place, home: ListedHome, there: Mapping[str, Place]
) -> Iterator[Place]:
    """Yield what is not there of building, unit and home, at the address of what is."""
    building, unit, path = _paths(found, home)
    address = compound.address + home.building_name
    if building in there:
        address = there[building].address
    else:
        yield _place(found, building, Kind.BUILDING, home.building_name, address)
    if unit in there:
        address = there[unit].address
    else:
        address += home.unit_name if home.unit != NO_UNIT else ""
        yield _place(found, unit, Kind.UNIT, home.unit_name, address)
    if path not in there and not home.repeats:
        address += home.name + ("室" if home.usage is Usage.FLAT else "")
        place = _place(found, path, Kind.HOME, home.name, address)
        place.area, place.usage = home.area, home.usage
        yield place


def _place(found: Import, path: str, kind: Kind, name: str, address: str) -> Place:
    at = found.confirmed_at or found.uploaded_at
    return Place(id=path, kind=kind, name=name, address=address, source=found.id, created_at=at)


def _enrolments(
    found: Import, homes: Sequence[ListedHome], mine: set[str]
) -> Iterator[Enrolment]:
    for home in homes:
        path = path_of(found.place, home)
        if path in mine:
            for number, person in enumerate(home.people, home.number):
                yield Enrolment(
                    home=path,
                    number=number,
                    name=person.name,
                    phone=person.phone,
                    relation=person.relation,
                )


async def _finish(deps: Dependencies, found: Import) -> None:
    async def save(tx: Transaction) -> None:
        await store.advance(deps.db, found, Action.FINISH, tx, mark="")

    await deps.in_transaction(save)
