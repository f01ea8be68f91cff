"""Residencies: moving in, binding, another phone, the end; who belongs to which home.

Callers hold the home (places.hold) in the same transaction, so that of two changes to the
people of one home the second sees what the first wrote. Access is read from these rows on every
request: what is written here counts on the next one.
"""

from collections.abc import Sequence

import msgspec

from services.dependencies import Dependencies, Transaction
from services.kernel import errors, phones
from services.kernel.days import Day
from services.kernel.documents import Document
from services.kernel.interests import require_apart
from services.kernel.pages import Page
from services.kernel.paths import covers
from services.kernel.permissions import Actor
from services.kernel.unions import Part
from services.people import actions as people
from services.places import actions as places
from services.places import homes as place_homes
from services.residencies import owners, sealed, store
from services.residencies.models import (
    Belonging,
    Claimant,
    Newcomer,
    Residency,
    ResidencyStep,
    ResidentsQuery,
    Tie,
    Way,
)


class ResidencyMoved(errors.Conflict):
    """Residency that somebody else changed between our reading and our writing."""

    code = "residency_changed"


async def move_in(deps: Dependencies, tx: Transaction, newcomer: Newcomer) -> Residency:
    """Add a residency, bound at once if its person is known: given, or holder of the phone."""
    now = deps.now()
    row = sealed.draft(deps, newcomer)
    if newcomer.person is not None:
        row.person, row.bound_by = newcomer.person, newcomer.way
    elif row.phone_index:
        row.person = await people.holder_of(deps, tx, row.phone_index)
        row.bound_by = Way.PHONE if row.person else None
    row.bound_at = now if row.person else None
    if newcomer.because:
        because = sealed.seal_reason(deps, row.id, newcomer.because)
        step = ResidencyStep(at=now, by=newcomer.recorded_by, did="added", because=because)
        row.history = [step]
    await store.insert(deps.db, tx, row)
    return (await owners.count(deps, tx, row.home)).get(row.id, row)


async def bind(
    deps: Dependencies,
    tx: Transaction,
    row: Residency,
    person: str,
    *,
    way: Way,
    to_day: str | None = None,
) -> Residency:
    """Bind a person to a residency that nobody is bound to. Raises ResidencyMoved.

    `to_day`: an earlier last day than the register knows of, e.g. of a tenancy.
    """
    now = deps.now()
    last = min((day for day in (row.to_day, to_day) if day), default=None)
    bound: Document = {"person": person, "bound_by": way, "bound_at": now, "to_day": last}
    step = ResidencyStep(at=now, by=person, did=f"bound_by_{way}")
    if row.person is not None or not await store.move(deps.db, tx, row, bound, step):
        raise ResidencyMoved("刚刚有改动,请刷新后再试")
    row.person, row.bound_by, row.bound_at, row.to_day = person, way, now, last
    if to_day:
        await owners.count(deps, tx, row.home)
    return row


async def release(
    deps: Dependencies, tx: Transaction, actor: Actor, row: Residency, because: str
) -> None:
    """Unbind the person of a residency; the register's row stays. Raises ResidencyMoved."""
    step = _step(deps, actor, row, "left", because)
    if not await store.move(deps.db, tx, row, store.FREE, step):
        raise ResidencyMoved("刚刚有改动,请刷新后再试")


async def give_phone(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    row: Residency,
    phone: str | None,
    *,
    because: str,
) -> Residency:
    """Replace the register's phone, E.164 or none. Raises ResidencyMoved.

    Its holder is bound; whoever was bound, in whichever way, and holds another number is not.
    """
    changes = await _phone_changes(deps, tx, row, phone)
    step = _step(deps, actor, row, "phone_changed", because)
    if not await store.move(deps.db, tx, row, changes, step):
        raise ResidencyMoved("刚刚有改动,请刷新后再试")
    for name, value in changes.items():
        setattr(row, name, value)
    return row


async def _phone_changes(
    deps: Dependencies, tx: Transaction, row: Residency, phone: str | None
) -> Document:
    index = phones.blind_index(deps.vault, phone) if phone else None
    holder = await people.holder_of(deps, tx, index)
    changes: Document = {
        "phone_sealed": sealed.seal_phone(deps, row.id, phone) if phone else None,
        "phone_index": index,
    }
    if holder is None:
        return changes | store.FREE
    if holder == row.person:
        return changes
    return {**changes, "person": holder, "bound_by": Way.PHONE, "bound_at": deps.now()}


async def set_pays(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    row: Residency,
    *,
    pays: bool,
    because: str,
) -> None:
    """Write whether a tenant owes the fees of their tenancy. Raises ResidencyMoved."""
    step = _step(deps, actor, row, "pays" if pays else "pays_no_more", because)
    if not await store.move(deps.db, tx, row, {"pays_fees": pays}, step):
        raise ResidencyMoved("刚刚有改动,请刷新后再试")


async def end(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    rows: Sequence[Residency],
    last_day: str,
    *,
    because: str,
) -> None:
    """Give residencies a last day, inclusive: yesterday ends them at once."""
    for row in rows:
        changes: Document = {
            "to_day": last_day,
            "ended_by": actor.person_id,
            "ended_at": deps.now(),
            "ended_because": sealed.seal_reason(deps, row.id, because),
        }
        step = _step(deps, actor, row, "ended", because)
        await store.end(deps.db, tx, row.id, changes, step)
    for home in sorted({row.home for row in rows}):
        await owners.count(deps, tx, home)


async def complete(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    row: Residency,
    other: Residency,
    *,
    because: str,
) -> None:
    """Add to a residency what another one knows of the same person: phone, number, account.

    Raises ResidencyMoved.
    """
    changes: Document = {}
    if row.phone_index is None and other.phone_index is not None:
        phone = sealed.phone_of(deps, other) or ""
        changes |= {"phone_sealed": sealed.seal_phone(deps, row.id, phone)}
        changes |= {"phone_index": other.phone_index}
    if row.id_number_index is None and other.id_number_index is not None:
        number = sealed.id_number_of(deps, other) or ""
        changes |= sealed.id_number_fields(deps, row.id, number)
    if row.person is None and other.person is not None:
        known = changes.get("phone_index", row.phone_index) == other.phone_index
        # A binding by phone would end with the next proof where the row has another number.
        way = other.bound_by if known or other.bound_by is not Way.PHONE else Way.REQUEST
        changes |= {"person": other.person, "bound_by": way, "bound_at": deps.now()}
    if not changes:
        return
    step = _step(deps, actor, row, "completed", because)
    if not await store.move(deps.db, tx, row, changes, step):
        raise ResidencyMoved("刚刚有改动,请刷新后再试")


async def reopen(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    residency_id: str,
    to_day: Day | None,
    *,
    because: str,
) -> None:
    """Take the end of a residency back; whoever holds its phone by now is bound."""
    row = await store.find(deps.db, residency_id, tx=tx)
    if row is None:
        return
    holder = await people.holder_of(deps, tx, row.phone_index)
    changes: Document = {"to_day": to_day, "ended_by": "", "ended_at": None}
    changes["ended_because"] = ""
    if row.person is None and holder is not None:
        changes |= {"person": holder, "bound_by": Way.PHONE, "bound_at": deps.now()}
    step = _step(deps, actor, row, "reopened", because)
    await store.end(deps.db, tx, row.id, changes, step)
    await owners.count(deps, tx, row.home)


def _step(
    deps: Dependencies, actor: Actor, row: Residency, did: str, because: str
) -> ResidencyStep:
    text = sealed.seal_reason(deps, row.id, because)
    return ResidencyStep(at=deps.now(), by=actor.person_id, did=did, because=text)


async def follow_phone(
    deps: Dependencies, tx: Transaction, person_id: str, phone_index: str
) -> list[Residency]:
    """Bind a person to the homes under the phone they proved, and to none under another.

    Return the residencies, as they were, that others were bound to by a code or a token.
    """
    now = deps.now()
    await store.free_other_phones(deps.db, tx, person_id, phone_index, now)
    await store.bind_phone(deps.db, tx, person_id, phone_index, now)
    taken = await store.borne_by_others(deps.db, tx, person_id, phone_index, deps.today())
    bound: Document = {"person": person_id, "bound_by": Way.PHONE, "bound_at": now}
    step = ResidencyStep(at=now, by=person_id, did=f"bound_by_{Way.PHONE}")
    for row in taken:
        if not await store.move(deps.db, tx, row, bound, step):
            raise ResidencyMoved("刚刚有改动,请刷新后再试")
    return taken


async def find(
    deps: Dependencies, residency_id: str, *, tx: Transaction | None = None
) -> Residency | None:
    return await store.find(deps.db, residency_id, tx=tx)


def part_of_person(deps: Dependencies, person_id: str) -> Part[Belonging]:
    """Return the query for a person's homes, of today and of which they may owe something.

    To be read with others.
    """
    return store.part_of_person(person_id, deps.today())


async def of_person(
    deps: Dependencies, person_id: str, *, on: Day | None = None
) -> list[Residency]:
    """List the homes a person belongs to on a day, today unless it is said."""
    return await store.of_person(deps.db, person_id, on or deps.today())


async def claimants_of(
    deps: Dependencies, *, homes: Sequence[str] = (), people: Sequence[str] = ()
) -> list[Claimant]:
    """List who is bound to some homes, or all homes of some people, by person and home.

    With those they left, of which they may owe something, and with those that were merged into
    theirs, whose bills they owe.
    """
    day = deps.today()
    if homes:
        merged = await places.merges_of(deps, homes)
        among: Document = {"home": {"$in": sorted({*homes, *merged.values()})}}
        rows = await store.claimants(deps.db, among, day)
    else:
        rows = await store.claimants(deps.db, {"person": {"$in": list(people)}}, day)
        merged = await place_homes.merged_into(deps, sorted({row.home for row in rows}))
    there = [
        msgspec.structs.replace(row, home=home)
        for home, into in merged.items()
        for row in rows
        if row.home == into
    ]
    return [row for row in (*rows, *there) if not homes or row.home in homes]


async def require_none_below(
    deps: Dependencies, tx: Transaction, person_id: str, place: str, since: Day
) -> None:
    """Raise OwnHome for who has a home at a place below a compound, had since a day, or will.

    What is for a whole compound is the same for hundreds of neighbours; of a unit one's own
    home may be one of six, or the only one.
    """
    if places.compound_of(place) != place:
        own = await homes_since(deps, person_id, place, since, tx=tx)
        require_apart(own, own)


async def homes_since(
    deps: Dependencies, person_id: str, place: str, day: Day, *, tx: Transaction | None = None
) -> list[str]:
    """Return the homes under a place that a person belongs to, will, or did since a day.

    With those that were merged into one of them: what they owe is owed there.
    """
    around = places.compound_of(place)  # homes of one unit are merged
    own = await store.homes_since(deps.db, person_id, around, day, tx=tx)
    merged = await place_homes.merged_into(deps, own) if own else {}
    return sorted({home for home in (*own, *merged) if covers(place, home)})


async def of_homes(deps: Dependencies, homes: Sequence[str]) -> list[Residency]:
    """List who belongs to these homes today, homes in order."""
    return await store.of_homes(deps.db, homes, deps.today())


async def homes_of(deps: Dependencies, people: Sequence[str]) -> dict[str, list[str]]:
    """Return person → the homes they are bound to today, by path."""
    return await store.homes_of(deps.db, people, deps.today())


async def ties_of(deps: Dependencies, homes: Sequence[str]) -> list[Tie]:
    """List how people belong to these homes today, homes in order: one query, no names."""
    return await store.ties_of(deps.db, homes, deps.today())


async def of_home(
    deps: Dependencies, home: str, *, tx: Transaction | None = None
) -> list[Residency]:
    """List who belongs to a home today or will later."""
    return await store.of_home(deps.db, home, deps.today(), tx=tx)


async def page(deps: Dependencies, home: str, query: ResidentsQuery) -> Page[Residency]:
    """List who belongs to a home today, will later, or with `past` did."""
    return await store.page(deps.db, home, deps.today(), query)


async def unbound_under(
    deps: Dependencies, tx: Transaction, place: str, *, limit: int
) -> list[Residency]:
    """List who belongs to homes under a place today and has not signed in."""
    return await store.unbound_under(deps.db, tx, place, deps.today(), limit=limit)


async def bound_homes(deps: Dependencies, tx: Transaction, homes: Sequence[str]) -> set[str]:
    """Return those of the homes that somebody is bound to."""
    return await store.bound_homes(deps.db, tx, homes)


async def any_bound_from(deps: Dependencies, source: str, place: str) -> bool:
    """Tell whether somebody is bound to what one import wrote under a place."""
    return await store.any_bound_from(deps.db, source, place)


async def remove_from(
    deps: Dependencies, tx: Transaction, source: str, homes: Sequence[str]
) -> None:
    """Remove what one import wrote for these homes."""
    await store.remove_from(deps.db, tx, source, homes)
