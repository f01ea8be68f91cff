"""Sealing of journals: each finished day, per place, and once more when journals came later.

No payment waits for it and none writes for it: a chain within the payment's transaction would
make all payments of a place wait for its end. docs/decisions/61-ledger-chain.md.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

import structlog

from services.dependencies import Dependencies, Transaction
from services.kernel import chains
from services.kernel.days import Day, day_of, end_of, plus_days, start_of
from services.kernel.documents import Document, to_document
from services.kernel.vault import Vault
from services.ledger import store as journals
from services.ledger.seals import store, views
from services.ledger.seals.models import CITY, GRACE, Cover, Seal, mark, marked, seal_id

PURPOSE: Final = "ledger"

log = structlog.get_logger(__name__)


def last_finished(now: datetime) -> Day:
    """Return the newest Beijing day of which no more journals are expected."""
    return plus_days(day_of(now - GRACE), -1)


async def next_day(deps: Dependencies, since: Day) -> Day | None:
    """Return the first day that has journals or seals, not before another."""
    at = await journals.first_at(deps.db, start_of(since))
    found = [day for day in (await store.first_day(deps.db, since), at and day_of(at)) if day]
    return min(found, default=None)


async def days(deps: Dependencies, first: Day, last: Day) -> AsyncIterator[Day]:
    """Yield the days of a span that have journals or seals."""
    day = await next_day(deps, first)
    while day is not None and day <= last:
        yield day
        day = await next_day(deps, plus_days(day, 1))


async def seal_day(deps: Dependencies, day: Day) -> bool:
    """Seal what a day's journals come to where that is not sealed; False when something is off.

    Harmless to repeat: what is sealed already is left alone. A place whose sealed journals are
    not all there as they were is never sealed over: an alarm, and `verify` names them.
    """
    covers, newest = await _covers(deps, day), await store.newest_of(deps.db, day)
    known = {place for place in newest if place != CITY}
    whole = True
    for place in sorted((covers.keys() | known) - {CITY}):
        cover = covers.get(place, Cover())
        whole &= await _seal(deps, day, place, cover, newest.get(place))
    of_city = Cover()
    totals = {p: seal.journals for p, seal in (await store.newest_of(deps.db, day)).items()}
    async for _, item in items(deps, CITY, day):
        of_city.add(item, 0)
    of_city.journals = sum(count for place, count in totals.items() if place != CITY)
    return whole & await _seal(deps, day, CITY, of_city, newest.get(CITY))


async def _covers(deps: Dependencies, day: Day) -> dict[str, Cover]:
    covers: dict[str, Cover] = {}
    async for kept in journals.fingerprints(deps.db, start_of(day), end_of(day)):
        covers.setdefault(kept["place"], Cover()).add(kept["fingerprint"])
    return covers


async def items(deps: Dependencies, place: str, day: Day) -> AsyncIterator[tuple[str, str]]:
    """Yield (id, fingerprint) of what a seal of a place and day covers, in order."""
    if place == CITY:
        async for item in store.hashes(deps.db, day):
            yield item
        return
    start, end = start_of(day), end_of(day)
    async for kept in journals.fingerprints(deps.db, start, end, place=place):
        yield kept["_id"], kept["fingerprint"]


async def still_there(deps: Dependencies, seal: Seal) -> bool:
    """Tell whether all that a seal covers is there as it was, whatever came later."""
    wanted, cover = marked(seal.marks), Cover()
    async for _, item in items(deps, seal.place, seal.day):
        if mark(item) in wanted:
            cover.add(item)
    return cover.digest == seal.digest


async def is_whole(deps: Dependencies, seal: Seal) -> bool:
    """Do as `still_there` for a seal that was read without its marks."""
    kept = await store.find(deps.db, seal.place, seal.number)
    return kept is not None and await still_there(deps, views.seal_of(kept))


def problem(vault: Vault, kept: Document) -> str:
    """Return what is wrong with one seal by itself, or nothing.

    A key that is gone takes no seal with it: its hash is in the seals after it.
    """
    try:
        genuine = chains.digest(kept, "hash", "mac") == kept["hash"]
        if vault.has(kept["key_id"]):
            genuine &= chains.keyed(vault, PURPOSE, kept) == kept["mac"]
        views.seal_of(kept)
    except (KeyError, TypeError, ValueError):
        genuine = False
    return "" if genuine else "was changed"


async def _seal(
    deps: Dependencies, day: Day, place: str, cover: Cover, former: Seal | None
) -> bool:
    """Append a seal to a place's chain, unless the newest of the day says the same."""
    if former is None and not cover.marks:
        return True
    if former and former.digest == cover.digest:
        return True
    if former and not await is_whole(deps, former):
        log.error("journal_seal_broken", seal=former.id, day=day)
        return False
    made = await _append(deps, day, place, cover, former)
    if made and place == CITY:
        log.info("journal_seal", seal=views.line(made))
    return True


async def _append(
    deps: Dependencies, day: Day, place: str, cover: Cover, former: Seal | None
) -> Seal | None:
    """Write a seal behind the place's last one; None when another worker was first."""

    async def save(tx: Transaction) -> Seal | None:
        if not await store.is_newest(deps.db, tx, place, day, former):
            return None
        last = await store.find_last(deps.db, tx, place)
        number = last.number + 1 if last else 1
        made = Seal(
            id=seal_id(place, number),
            place=place,
            number=number,
            day=day,
            journals=cover.journals,
            marks=bytes(cover.marks),
            digest=cover.digest,
            former=former.id if former else "",
            previous=last.hash if last else chains.START,
            sealed_at=deps.now(),
            key_id=deps.vault.current,
        )
        await store.insert(deps.db, tx, _signed(deps.vault, made))
        return made

    return await deps.in_transaction(save)


def _signed(vault: Vault, made: Seal) -> Seal:
    made.hash = chains.digest(to_document(made), "hash", "mac")
    made.mac = chains.keyed(vault, PURPOSE, to_document(made))
    return made
