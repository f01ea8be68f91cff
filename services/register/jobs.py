"""Jobs of an import: write what was confirmed, and take it back.

Both go on chunk by chunk, one transaction each, and every id follows from the file, so a chunk
written twice is a chunk written once; the mark moves in the same transaction, so that of two
workers only one writes.

Whoever hangs something on a home marks it used in the same transaction (places.use) or binds a
person to one of its residencies. Both writes collide with the removal here, so a home is either
removed before anybody used it or kept whole, with its unit and its building.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.models import Permanent
from services.kernel.days import day_of
from services.kernel.documents import Document
from services.places import actions as places
from services.places import homes as place_homes
from services.places import imports
from services.places.models import Kind, Place
from services.register import corrections, preview, states, store
from services.register.chunks import actions as chunks
from services.register.chunks import numbers
from services.register.models import Import
from services.register.sheet.models import ListedHome
from services.register.sheet.names import NO_UNIT
from services.register.states import Action, State
from services.residencies import actions as residencies
from services.residencies import enrolment
from services.residencies.models import Enrolment

PLACES: Final = 300
# From the leaves up: a unit is removed when nothing is left under it.
ORDER: Final = (Kind.HOME, Kind.UNIT, Kind.BUILDING)


# Writing


async def apply(deps: Dependencies, payload: Document) -> None:
    """Job: write an import from where it stands to its end, then delete its rows."""
    while True:
        found = await store.find(deps.db, payload["import_id"])
        if found is None or found.run != payload["run"]:
            return
        if found.state is not State.APPLYING:
            await chunks.remove_rows(deps, found.run)
            return
        number = int(found.mark or 0)
        if number < found.chunks:
            await write_chunk(deps, found, number)
        else:
            await _finish(deps, found)


async def write_chunk(deps: Dependencies, found: Import, number: int) -> None:
    """Write the homes of one chunk and the people in them, all or nothing."""
    try:
        homes = await chunks.get_rows(deps, found.run, number)
    except chunks.ChunkGone as error:
        raise Permanent(f"rows {error} of a confirmed import are gone") from None
    paths = sorted({path for home in homes for path in _paths(found, home)} | {found.place})
    rows = sum(not home.repeats for home in homes)

    async def write(tx: Transaction) -> None:
        there = {place.id: place for place in await places.find_many(deps, paths, tx=tx)}
        wrong = corrections.accepted(found, number, homes, there)
        taken = await numbers.taken(deps, tx, found, homes, there)
        more = {"done": rows, "counts.corrected_homes": len(wrong)}
        more["counts.left_out_homes"] = len(taken)
        mark = str(number + 1)
        if not await store.move_mark(deps.db, tx, found, Action.FINISH, mark=mark, **more):
            return
        await corrections.write(deps, tx, found, wrong)
        kept = [home for home in homes if home.path(found.place) not in taken]
        fresh = {p.id: p for home in kept for p in _tree(found, home, there)}
        await imports.add(deps, tx, list(fresh.values()))
        mine = {path for path, home in there.items() if _is_ours(found, home)} | fresh.keys()
        people = list(_enrolments(found, homes, mine))
        from_day = day_of(found.confirmed_at or deps.now())
        await enrolment.enrol(deps, tx, people, source=found.id, from_day=from_day)

    await deps.in_transaction(write)


def _paths(found: Import, home: ListedHome) -> list[str]:
    """Return the paths of the building, the unit and the home."""
    path = home.path(found.place)
    unit = path.rpartition(".")[0]
    return [unit.rpartition(".")[0], unit, path]


def _tree(found: Import, home: ListedHome, there: Mapping[str, Place]) -> Iterator[Place]:
    """Yield the places that are missing of building, unit and home, with their addresses."""
    building, unit, path = _paths(found, home)
    address = there[found.place].address + home.building_name
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
        address = place_homes.address(address, home.name, home.usage)
        place = _place(found, path, Kind.HOME, home.name, address)
        place.area, place.usage = home.area, home.usage
        yield place


def _place(found: Import, path: str, kind: Kind, name: str, address: str) -> Place:
    at = found.confirmed_at or found.uploaded_at
    return Place(id=path, kind=kind, name=name, address=address, source=found.id, created_at=at)


def _is_ours(found: Import, home: Place) -> bool:
    """Tell whether this import made a home, in an earlier chunk, and it still stands."""
    return home.source == found.id and home.retired_from is None


def _enrolments(
    found: Import, homes: Sequence[ListedHome], mine: set[str]
) -> Iterator[Enrolment]:
    for home in homes:
        path = home.path(found.place)
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
        await store.move(deps.db, found, Action.FINISH, tx=tx, mark="")

    await deps.in_transaction(save)


# Undoing


async def undo(deps: Dependencies, payload: Document) -> None:
    """Job: remove what an import made, from where it stands to its end."""
    while True:
        found = await store.find(deps.db, payload["import_id"])
        if found is None or found.run != payload["run"] or found.state is not State.UNDOING:
            return
        kind, _, after = (found.mark or f"{ORDER[0]}:").partition(":")
        await remove_some(deps, found, Kind(kind), after)


async def remove_some(deps: Dependencies, found: Import, kind: Kind, after: str) -> None:
    """Remove the next few places of a kind; after the last one, go on to the next kind."""

    async def remove(tx: Transaction) -> None:
        made = await imports.made_by(
            deps, tx, found.id, found.place, kind, after=after, limit=PLACES
        )
        if not made:
            await _go_on(deps, tx, found, kind)
            return
        free = await _free(deps, tx, made, kind)
        gone = {"done": len(free), "counts.kept_homes": len(made) - len(free)}
        more = gone if kind is Kind.HOME else {}
        mark = f"{kind}:{made[-1].id}"
        if await store.move_mark(deps.db, tx, found, Action.CLEAR, mark=mark, **more):
            await residencies.remove_from(deps, tx, found.id, free)
            await imports.remove_unused(deps, tx, found.id, free)

    await deps.in_transaction(remove)


async def _free(
    deps: Dependencies, tx: Transaction, made: Sequence[Place], kind: Kind
) -> list[str]:
    """Return the places that are in no use."""
    unused = [place.id for place in made if not place.used]
    if kind is not Kind.HOME:
        return await imports.empty_of(deps, tx, unused)
    bound = await residencies.bound_homes(deps, tx, unused)
    return [home for home in unused if home not in bound]


async def _go_on(deps: Dependencies, tx: Transaction, found: Import, kind: Kind) -> None:
    """Turn to the next kind of place; after the last, the import is undone."""
    rest = ORDER[ORDER.index(kind) + 1 :]
    if rest:
        await store.move_mark(deps.db, tx, found, Action.CLEAR, mark=f"{rest[0]}:")
    else:
        await store.move(deps.db, found, Action.CLEAR, tx=tx, mark="")


JOBS: Final[dict[str, jobs.Handler]] = {
    states.READ: preview.read,
    states.EXPIRE: preview.expire,
    states.APPLY: apply,
    states.UNDO: undo,
}
