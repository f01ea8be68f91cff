"""Proof of days: each journal by itself, and all of them by the seals of their day."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec

from services.dependencies import Dependencies
from services.kernel.days import Day, end_of, plus_days, start_of
from services.kernel.documents import Document
from services.ledger import store as journals_store
from services.ledger.models import Journal
from services.ledger.proofs import journals
from services.ledger.proofs.models import Report
from services.ledger.seals import actions as seals
from services.ledger.seals import store, views
from services.ledger.seals.models import CITY, LATE_DAYS, Cover, Seal, mark, marked

AT_ONCE: Final = 500
# (journals): what else is to be proved of them.
Also = Callable[[Sequence[Journal]], Awaitable[None]]


async def prove(
    deps: Dependencies, first: Day, last: Day, report: Report, also: Also | None = None
) -> None:
    """Prove the days that have journals or seals, one after the other."""
    report.verdict.sealed_to = await store.last_day(deps.db) or ""
    async for day in seals.days(deps, first, last):
        covers = await _journals(deps, day, report, also)
        await _seals(deps, day, covers, report)
        report.progress(f"days:{day}")


async def _journals(
    deps: Dependencies, day: Day, report: Report, also: Also | None
) -> dict[str, Cover]:
    """Prove each journal of a day; return place → what its journals come to."""
    covers: dict[str, Cover] = {}
    start, end = start_of(day), end_of(day)
    async for batch in journals_store.between(deps.db, start, end, at_once=AT_ONCE):
        for kept in batch:
            report.verdict.journals += 1
            for line in journals.problems(kept):
                report.problem(line)
            covers.setdefault(kept["place"], Cover()).add(kept.get("fingerprint", ""))
        if also is not None:
            await also([each for kept in batch if (each := journals_store.read(kept))])
    return covers


async def _seals(
    deps: Dependencies, day: Day, covers: dict[str, Cover], report: Report
) -> None:
    """Hold a day's seals against the seals before them and against what they cover."""
    of_city, newest = Cover(), dict[str, Seal]()
    async for kept in store.of_day(deps.db, day):
        report.verdict.seals += 1
        seal = await _read(deps, kept, report)
        if kept["place"] != CITY:
            of_city.add(str(kept.get("hash", "")))
        if seal is None:
            continue
        before = newest.get(seal.place)
        if seal.former != (before.id if before else ""):
            report.problem(f"seal {seal.id}: does not follow the day's seal before")
        if before and not await seals.is_whole(deps, before):
            report.problem(f"seal {before.id}: what it covers was changed or taken away")
        newest[seal.place] = msgspec.structs.replace(seal, marks=b"")
    if of_city.marks:
        covers[CITY] = of_city
    for place in sorted(covers.keys() | newest.keys()):
        await _hold(deps, day, place, covers.get(place, Cover()), newest.get(place), report)


async def _read(deps: Dependencies, kept: Document, report: Report) -> Seal | None:
    """Return a kept seal that is as it was written and follows the one before; else report."""
    problem = seals.problem(deps.vault, kept)
    if problem:
        report.problem(f"seal {kept['_id']}: {problem}")
        return None
    seal = views.seal_of(kept)
    before = await store.hash_before(deps.db, seal)
    if before is None:
        report.problem(f"seal {seal.id}: the seal before it is missing")
    elif seal.previous != before:
        report.problem(f"seal {seal.id}: does not follow the seal before")
    return seal


async def _hold(
    deps: Dependencies, day: Day, place: str, cover: Cover, seal: Seal | None, report: Report
) -> None:
    """Hold what a place's journals come to against the newest seal of the day."""
    if seal is None:
        if report.verdict.sealed_to >= day:
            _late(deps, day, place, cover.journals, report)
    elif seal.digest != cover.digest:
        await _tell_apart(deps, seal, report)


async def _tell_apart(deps: Dependencies, newest: Seal, report: Report) -> None:
    """Say what differs from a seal: journals that came later, or others than it covers."""
    kept = await store.find(deps.db, newest.place, newest.number)
    seal = views.seal_of(kept or {})
    wanted, extra = marked(seal.marks), list[str]()
    is_whole = await seals.still_there(deps, seal)
    async for name, item in seals.items(deps, seal.place, seal.day):
        if mark(item) not in wanted:
            extra.append(name)
        wanted.discard(mark(item))
    if is_whole:
        _late(deps, seal.day, seal.place, len(extra), report)
        return
    report.problem(
        f"seal {seal.id} of {seal.day}: {len(wanted)} of {len(seal.marks) // 8} that it "
        "covers were changed or taken away"
    )
    for name in extra:
        report.problem(f"{name}: not among what seal {seal.id} covers")


def _late(deps: Dependencies, day: Day, place: str, count: int, report: Report) -> None:
    """Count journals that came after their day was sealed: the worker seals them at night."""
    report.verdict.late += count
    if day < plus_days(seals.last_finished(deps.now()), 1 - LATE_DAYS):
        report.problem(
            f"{place} on {day}: {count} journals are not sealed, and no worker looks so far "
            f"back: `python -m server ledger seal --from {day} --to {day}`"
        )
