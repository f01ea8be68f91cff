"""Verification of the audit: proof that no row was changed or taken away.

What a year has passed over is removed by the database (TTL); an anchor from inside that year
says from which number on every row must be there. Memory stays the same however many rows and
anchors there are: a chain that holds up to the newest anchor holds at all the earlier ones.
"""

from typing import Final

import msgspec
from msgspec import Struct

from services.audit import store as audit_store
from services.audit.actions import fingerprint, row_id
from services.audit.models import KEEP, LANES, Head
from services.audit.verification import store, views
from services.audit.verification.models import Anchor, Broken, Verdict
from services.dependencies import Dependencies
from services.kernel.chains import START
from services.kernel.documents import Document
from services.kernel.vault import Vault

MOST_TOLD: Final = 100


class Witness(Struct):
    """Evidence of the anchors: of each lane, what may be forgotten and what must be there."""

    first: Anchor | None = None  # of the year, when there are older ones
    last: Anchor | None = None

    def may_be_gone(self, lane: int) -> int:
        """Return the number up to which rows were more than a year old, an hour allowed for."""
        heads = self.first.heads if self.first else []
        return next((head.number for head in heads if head.lane == lane), 0)

    def marks(self, lane: int) -> list[Head]:
        """Return where the newest anchor saw the lane stand."""
        return [head for head in (self.last.heads if self.last else []) if head.lane == lane]


async def verify(deps: Dependencies) -> Verdict:
    """Walk all anchors, then every lane. May run while others go on writing."""
    verdict = Verdict()
    witness = await _read_anchors(deps, verdict)
    for lane in range(LANES):
        await _check_lane(deps, lane, witness, verdict)
    return verdict


async def _read_anchors(deps: Dependencies, verdict: Verdict) -> Witness:
    """Read the anchors, hold each against the one before, keep two of them."""
    witness, older, year_ago = Witness(), False, deps.now() - KEEP
    async for document in store.anchors(deps.db):
        verdict.anchors += 1
        name = f"anchor {document['_id']}"
        problem = _problem(deps.vault, document)
        if problem:
            _report(verdict, name, problem)
            continue
        found, last = msgspec.convert(document, Anchor), witness.last
        if last and (found.number, found.previous) != (last.number + 1, last.mac):
            _report(verdict, name, "does not follow the anchor before")
        if found.at <= year_ago:
            older = True
        elif older and witness.first is None:
            witness.first = found
        witness.last = found
    verdict.last = views.line(witness.last) if witness.last else ""
    return witness


async def _check_lane(
    deps: Dependencies, lane: int, witness: Witness, verdict: Verdict
) -> None:
    """Hold each row of a lane against the one before, the newest anchor and the lane's head."""
    head = await audit_store.find_head(deps.db, lane)  # first: rows may be added while we walk
    gone, marks = witness.may_be_gone(lane), [head, *witness.marks(lane)]
    number, previous = 0, START
    async for row in audit_store.lane_rows(deps.db, lane):
        verdict.rows += 1
        problem = _problem(deps.vault, row)
        if problem:
            _report(verdict, row["_id"], problem)
        here, mac = _number(row["_id"], number), row.get("mac", "")
        if here == number + 1:
            if row.get("previous") != previous:
                _report(verdict, row["_id"], "does not follow the row before")
        elif not number < here <= gone + 1:
            _report(verdict, row_id(lane, number + 1), "rows are missing")
        if any(mark.number == here and mark.mac != mac for mark in marks):
            _report(verdict, row["_id"], "is not the row an anchor or the lane's head saw")
        number, previous = here, mac
    if any(mark.number > max(number, gone) for mark in marks):
        _report(verdict, row_id(lane, number + 1), "the last rows are missing")
    if (await audit_store.find_head(deps.db, lane)).number < number:
        _report(verdict, row_id(lane, number), "the lane's head was set back")


def _number(row: str, before: int) -> int:
    digits = row.partition("-")[2]
    return int(digits) if digits.isdecimal() else before


def _problem(vault: Vault, document: Document) -> str:
    """Return what is wrong with one row or anchor by itself, or nothing."""
    try:
        genuine = fingerprint(vault, document) == document["mac"]
    except KeyError:
        return "is under a key that is not in SECRET_KEYS, or lacks a field"
    except (TypeError, ValueError):
        genuine = False
    return "" if genuine else "was changed"


def _report(verdict: Verdict, row: str, problem: str) -> None:
    if len(verdict.broken) < MOST_TOLD:
        verdict.broken.append(Broken(row, problem))
