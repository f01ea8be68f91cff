"""Unpaid homes under a place: who is late, who still has time, for what and how much.

A head rings at doors with this list, so it shows first, and unless it is asked for more only,
the homes of which a due day is over: nobody is asked for what they need not have paid yet.
What is owed by who sold a home is not on it: whoever bought it owes none of that.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from services.audiences import residents
from services.bills.due_days import days_overdue, is_overdue
from services.bills.unpaid_homes import store
from services.bills.unpaid_homes.models import (
    Arrears,
    Debt,
    Debts,
    Due,
    UnpaidHome,
    UnpaidHomesQuery,
)
from services.dependencies import Dependencies
from services.kernel import masking
from services.kernel.days import Month, months_from
from services.kernel.pages import Key, Keyset, Page
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.places import homes as place_homes
from services.residencies import sealed
from services.statistics.actions import access

# Who is late comes first, and then those that have time, both by path.
ORDER: Final = Keyset(Key("late", ascending=False, kind=bool), Key("home"))


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: UnpaidHomesQuery
) -> Page[UnpaidHome]:
    """Homes under a place that owe something, with masked names and no phones, by path.

    Those that are late come before those that have time, when both are asked for.
    """
    await access(deps, actor, place, Permission.VIEW_UNPAID)
    days = query.overdue_days or 1
    debts = Debts(deps.today(), query.period, query.kind, query.due, days)
    if query.overdue_days and debts.due is Due.ALL:
        debts = msgspec.structs.replace(debts, due=Due.OVERDUE)
    after, items = ORDER.read(query.cursor), list[UnpaidHome]()
    while (wanted := query.limit + 1 - len(items)) > 0:
        found = await _next(deps, place, debts, after=after, limit=wanted)
        # one that paid between the two looks is left out, and the next one takes its place
        items += await _shown(deps, [home.home for home in found], debts)
        if len(found) < wanted:
            break
        after = [is_overdue(found[-1].due_on, debts.today), found[-1].home]
    rows = [{"late": item.overdue_bills > 0, "home": item.place} for item in items]
    return ORDER.cut(rows, query.limit).of(items[: query.limit])


async def _next(
    deps: Dependencies, place: str, debts: Debts, *, after: list[Any] | None, limit: int
) -> list[Arrears]:
    """Return the next homes: first the late ones by path, then the others by path."""
    is_late, home = after or (True, "")
    found: list[Arrears] = []
    if debts.due is not Due.NOT_YET_DUE and is_late:
        late = msgspec.structs.replace(debts, due=Due.OVERDUE)
        found = await store.unpaid(deps.db, place, late, after=home, limit=limit)
    if debts.due is not Due.OVERDUE and len(found) < limit:
        early = msgspec.structs.replace(debts, due=Due.NOT_YET_DUE)
        start, left = "" if is_late else home, limit - len(found)
        found += await store.unpaid(deps.db, place, early, after=start, limit=left)
    return found


async def _shown(deps: Dependencies, homes: Sequence[str], debts: Debts) -> list[UnpaidHome]:
    owed: dict[str, list[Debt]] = {home: [] for home in homes}
    found, doors = await asyncio.gather(
        store.debts_of(deps.db, homes, debts), _doors(deps, homes)
    )
    addresses, names = await asyncio.gather(
        places.addresses(deps, sorted(set(doors.values()))),
        _names(deps, sorted(set(doors.values()))),
    )
    for debt in found:
        owed[debt.home].append(debt)
    return [
        _view(
            home,
            owed[home],
            debts.today,
            address=addresses.get(doors[home], home),
            name=names.get(doors[home]),
        )
        for home in homes
        if owed[home]
    ]


async def _doors(deps: Dependencies, homes: Sequence[str]) -> dict[str, str]:
    """Return home → where to ring: at the home that it was merged into, or at itself."""
    merged = await places.merges_of(deps, homes)
    return {home: merged.get(home, home) for home in homes}


def _view(
    home: str, owed: Sequence[Debt], today: str, *, address: str, name: str | None
) -> UnpaidHome:
    """Add up what one home owes."""
    late = [debt for debt in owed if is_overdue(debt.due_on, today)]
    amount_fen, overdue_fen = (sum(d.owed_fen for d in some) for some in (owed, late))
    months = {month for debt in owed for month in months_from(debt.period, debt.months)}
    return UnpaidHome(
        place=home,
        address=address,
        resident=name,
        bills=len(owed),
        amount_fen=amount_fen,
        overdue_bills=len(late),
        overdue_fen=overdue_fen,
        not_yet_due_fen=amount_fen - overdue_fen,
        kinds=sorted({debt.kind for debt in owed}),
        months=sorted(months),
        since=min(months),
        days_overdue=max(days_overdue(debt.due_on, today) for debt in owed),
    )


async def owing_since(deps: Dependencies, homes: Sequence[str], month: Month) -> set[str]:
    """Return those of the homes that owe for a month up to this one: a selection of audiences.

    What was billed to a home that is merged into one of them is owed by that one.
    """
    merged = await place_homes.merged_into(deps, homes)
    found = await store.owing_since(deps.db, [*homes, *merged], month, deps.today())
    return {merged.get(home, home) for home in found}


async def bills_owed(deps: Dependencies, home: str) -> list[str]:
    """Return the ids of the fees that a home owes, and of what was merged into it.

    For other packages, which may tell of the debt only to who may see it.
    """
    merged = await place_homes.merged_into(deps, [home])
    return await store.ids_owed(deps.db, [home, *merged], deps.today())


async def _names(deps: Dependencies, homes: Sequence[str]) -> dict[str, str]:
    """Return home → the masked name of its owner, or else of who lives there."""
    named = await residents.first_named(deps, homes)
    return {home: masking.name(sealed.name_of(deps, row)) for home, row in named.items()}
