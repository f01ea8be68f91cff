"""Anchors every hour, and the proof that nothing in the audit was changed or taken away.

What a year has passed over is removed by the database (TTL); an anchor from inside that year
says from which number on every row must be there.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog
from msgspec import Struct

from services.audit import store
from services.audit.actions import digest_of, fingerprint, row_id
from services.audit.models import KEEP, LANES, START, Anchor, Broken, Head, Row, Verdict
from services.dependencies import Dependencies
from services.documents import Document
from services.jobs import actions as jobs
from services.jobs.schedules import Schedule

ANCHOR: Final = "audit.anchor"
EVERY: Final = timedelta(hours=1)
MOST_TOLD: Final = 100

log = structlog.get_logger(__name__)


class Lane(Struct):
    """What the anchors of the year know of a lane: number → mac.

    `may_be_gone`: rows up to this number were older than a year and may have been forgotten.
    """

    macs: dict[int, str] = {}
    may_be_gone: int = 0


async def anchor(deps: Dependencies, payload: Document) -> None:
    """Write down where all lanes stand; the log line is the copy that leaves this machine."""
    heads = await store.heads(deps.db)
    at = datetime.fromisoformat(payload["at"])
    digest = digest_of(heads)
    made = Anchor(id=payload["at"], at=at, heads=heads, digest=digest)
    await store.put_anchor(deps.db, made)
    log.info("audit_anchor", at=payload["at"], digest=digest, lanes=len(heads))


async def verify(deps: Dependencies) -> Verdict:
    """Walk every lane and every anchor of the year; memory grows with the anchors only."""
    verdict = Verdict(rows=0, anchors=0, digest="", broken=[])
    known: list[Lane] = [Lane() for _ in range(LANES)]
    year_ago = deps.now() - KEEP
    old = await store.any_anchor_until(deps.db, year_ago)
    async for found in store.anchors_since(deps.db, year_ago):
        if digest_of(found.heads) != found.digest:
            _tell(verdict, found.id, "the anchor was changed")
        for head in found.heads:
            if old and not verdict.anchors:
                known[head.lane].may_be_gone = head.number
            known[head.lane].macs[head.number] = head.mac
        verdict.anchors += 1
    for lane, of_lane in enumerate(known):
        await _walk(deps, lane, of_lane, verdict)
    verdict.digest = digest_of(await store.heads(deps.db))
    return verdict


async def _walk(deps: Dependencies, lane: int, known: Lane, verdict: Verdict) -> None:
    number, previous = 0, START
    async for row in store.lane_rows(deps.db, lane):
        verdict.rows += 1
        here = int(row.id.partition("-")[2])
        if not number and 1 < here <= known.may_be_gone + 1:
            number, previous = here - 1, row.previous
        if here != number + 1:
            _tell(verdict, row_id(lane, number + 1), "rows are missing")
        elif row.previous != previous:
            _tell(verdict, row.id, "does not follow the row before")
        if not _genuine(deps, row):
            _tell(verdict, row.id, "was changed")
        if known.macs.pop(here, row.mac) != row.mac:
            _tell(verdict, row.id, "is not the row an anchor saw")
        number, previous = here, row.mac
    await _end(deps, lane, known, Head(lane=lane, number=number, mac=previous), verdict)


async def _end(
    deps: Dependencies, lane: int, known: Lane, last: Head, verdict: Verdict
) -> None:
    """Hold the last row against the lane's head and against what anchors saw."""
    head = await store.find_head(deps.db, lane)
    if head != last and (last.number or head.number > known.may_be_gone):
        _tell(verdict, row_id(lane, head.number), "the last rows are missing")
    if any(number > max(last.number, known.may_be_gone) for number in known.macs):
        _tell(verdict, row_id(lane, max(known.macs)), "an anchor saw rows that are gone")


def _genuine(deps: Dependencies, row: Row) -> bool:
    try:
        return fingerprint(deps, row) == row.mac
    except KeyError:
        return False  # written under a key nobody holds any more: it cannot be believed


def _tell(verdict: Verdict, row: str, problem: str) -> None:
    if len(verdict.broken) < MOST_TOLD:
        verdict.broken.append(Broken(row, problem))


JOBS: Final[dict[str, jobs.Handler]] = {ANCHOR: anchor}
SCHEDULES: Final = (Schedule(ANCHOR, every=EVERY),)
