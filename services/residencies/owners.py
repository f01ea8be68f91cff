"""Owners of a home, one household after the other: since when each owes, and who sees it.

What follows from the days of all its owners is written into each residency, so that a request
reads of a person's own rows alone what they owe (tenures.py says how).
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

import msgspec

from services.dependencies import Dependencies, Transaction
from services.kernel.days import Day
from services.places import actions as places
from services.residencies import store, tenures
from services.residencies.models import OWNERS, Residency
from services.residencies.tenures import Household

AT_ONCE: Final = 100  # homes


async def count(deps: Dependencies, tx: Transaction, home: str) -> dict[str, Residency]:
    """Write anew since when each resident of a home owes its charges, or sees them.

    After whatever changes the days of an owner, or what one discloses, or adds a resident.
    Return id → residency of those that changed.
    """
    rows = await store.ever_of_home(deps.db, tx, home)
    found, owned = tenures.of(rows), tenures.households(rows)
    changed: dict[str, Residency] = {}
    for row in rows:
        since = tenures.owes_since(row, found)
        seen = tenures.disclosed_since(row, owned)
        if (row.owes_since, row.disclosed_since) != (since, seen):
            about = {"owes_since": since, "disclosed_since": seen}
            changed[row.id] = msgspec.structs.replace(row, **about)
    await store.note_claims(deps.db, tx, list(changed.values()))
    for follow in deps.features.hand_overs:
        await follow(deps, tx, home, tenures.turns(found))
    return changed


async def disclose(
    deps: Dependencies, tx: Transaction, person: str, home: str, *, disclosed: bool
) -> list[Residency]:
    """Let whoever owns a home later see what its owner of before owes, or no longer.

    Return the residencies by which the person owned it; none for who never did.
    """
    rows = await store.ever_of_home(deps.db, tx, home)
    own = [row for row in rows if row.person == person and row.relation in OWNERS]
    await store.overwrite(deps.db, tx, {row.id: {"discloses": disclosed} for row in own})
    await count(deps, tx, home)
    return own


async def turns_of(
    deps: Dependencies, homes: Sequence[str], *, tx: Transaction | None = None
) -> dict[str, list[Day]]:
    """Return home → the first days on which it has other owners, of those that changed hands.

    Or none that is known: tenures.py.
    """
    rows: dict[str, list[Residency]] = {}
    for row in await store.owners_ever(deps.db, homes, tx=tx):
        rows.setdefault(row.home, []).append(row)
    return {home: tenures.turns(tenures.of(own)) for home, own in rows.items()}


async def homes_sold(
    deps: Dependencies, place: str, *, since: str, limit: int
) -> dict[str, Day]:
    """Return home → the first day on which it changed hands, of homes under a place, by home.

    `since`: the home to begin with.
    """
    homes = await store.homes_sold(deps.db, place, since=since, limit=limit)
    turns = await turns_of(deps, homes) if homes else {}
    return {home: turns[home][0] for home in homes if turns.get(home)}


async def debtors_of(
    deps: Dependencies, homes: Sequence[str], *, tx: Transaction | None = None
) -> dict[str, list[Residency]]:
    """Return home → whoever owned it, or rented it and owed by contract: tenures.py.

    Of one that was merged into another, also who is written there alone: since then people are
    bound there, and owe what it was charged.
    """
    merged = await places.merges_of(deps, homes, tx=tx)
    rows = await _rows_of(deps, sorted({*homes, *merged.values()}), tx=tx)
    return {home: [*rows[home], *rows.get(merged.get(home, ""), [])] for home in homes}


async def _rows_of(
    deps: Dependencies, homes: Sequence[str], *, tx: Transaction | None = None
) -> dict[str, list[Residency]]:
    rows: dict[str, list[Residency]] = {home: [] for home in homes}
    for row in await store.debtors_of(deps.db, homes, tx=tx):
        rows[row.home].append(row)
    return rows


async def households_of(
    deps: Dependencies, homes: Sequence[str], *, tx: Transaction | None = None
) -> dict[str, list[Household]]:
    """Return home → the households that own or owned it, the first one first: tenures.py."""
    rows = await _rows_of(deps, homes, tx=tx)
    return {home: tenures.households(own) for home, own in rows.items()}


async def rebuild(deps: Dependencies) -> int:
    """Count the homes that an owner left, one by one; return how many. Harmless to repeat."""
    counted, after = 0, ""
    while homes := await store.homes_left(deps.db, after=after, limit=AT_ONCE):
        for home in homes:
            await deps.in_transaction(partial(_count, deps, home=home))
        counted, after = counted + len(homes), homes[-1]
    return counted


async def _count(deps: Dependencies, tx: Transaction, *, home: str) -> None:
    await places.hold(deps, tx, home)
    await count(deps, tx, home)
